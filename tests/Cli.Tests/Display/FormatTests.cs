using Inception.Distributed.Cli.Display;

namespace Inception.Distributed.Cli.Tests.Display;

public class FormatTests
{
    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(4.24, "4.2 s")]
    [InlineData(9.7, "10 s")]
    [InlineData(59.6, "1 min 00 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(7620, "2 h 07 min")]
    [InlineData(273_600, "3 d 04 h")]
    public void Duration_shows_the_two_largest_units(double seconds, string text) => Format.Duration(seconds).ShouldBe(text);

    [Theory]
    [InlineData(0.5, "0.50 images/s")]
    [InlineData(12.34, "12.3 images/s")]
    [InlineData(1234.4, "1234 images/s")]
    public void Rate_keeps_three_figures(double rate, string text) => Format.Rate(rate).ShouldBe(text);

    [Fact]
    public void Percent_takes_a_fraction_of_one() => Format.Percent(0.8931).ShouldBe("89.31 %");

    [Theory]
    [InlineData(1, "1 worker")]
    [InlineData(0, "0 workers")]
    [InlineData(1200, "1,200 workers")]
    public void Count_agrees_with_its_noun(long count, string text) => Format.Count(count, "worker").ShouldBe(text);
}
