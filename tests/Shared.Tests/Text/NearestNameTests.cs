using Inception.Distributed.Text;

namespace Inception.Distributed.Tests.Text;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["learningRate", "decay", "ema", "momentum", "decayRate"];

    [Theory]
    [InlineData("learningRte", "learningRate")]
    [InlineData("learning_rate", "learningRate")]
    [InlineData("LEARNING-RATE", "learningRate")]
    [InlineData("leanringRate", "learningRate")]
    [InlineData("decy", "decay")]
    [InlineData("dceay", "decay")]
    [InlineData("mea", "ema")]
    [InlineData("em", "ema")]
    [InlineData("lr", null)]
    [InlineData("width", null)]
    [InlineData("", null)]
    public void Find_Misspelling_GivesTheNearestWithinReach(string given, string? expected) =>
        NearestName.Find(given, Names).ShouldBe(expected);

    [Fact]
    public void Hint_NothingNear_IsEmpty() => NearestName.Hint("width", Names).ShouldBe("");
}
