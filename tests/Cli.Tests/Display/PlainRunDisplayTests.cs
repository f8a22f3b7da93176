using Inception.Distributed.Cli.Display;

namespace Inception.Distributed.Cli.Tests.Display;

public sealed class PlainRunDisplayTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly PlainRunDisplay _display;

    public PlainRunDisplayTests() => _display = new PlainRunDisplay(_output, _time);

    public void Dispose() => _output.Dispose();

    private string[] Lines => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void The_first_step_is_shown_with_all_its_figures()
    {
        _display.Show(Statuses.Training(0));
        _display.Show(Statuses.Training(1));

        Lines.ShouldBe(["step 1/1000  epoch 0.01/10.00  loss 1.2500 (main 1.0000, auxiliary 0.6250)  learning rate 0.050000  812 images/s  1 min 30 s left"]);
    }

    [Fact]
    public void Progress_needs_five_seconds_and_one_per_cent()
    {
        _display.Show(Statuses.Training(1));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        _display.Show(Statuses.Training(100));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        _display.Show(Statuses.Training(10));
        Lines.Length.ShouldBe(1);

        _display.Show(Statuses.Training(11));
        Lines.Length.ShouldBe(2);
    }

    [Fact]
    public void A_slow_run_shows_that_it_lives()
    {
        _display.Show(Statuses.Training(1, 1_000_000));
        _time.Advance(TimeSpan.FromSeconds(60));
        _display.Show(Statuses.Training(2, 1_000_000));

        Lines.Length.ShouldBe(2);
    }

    [Fact]
    public void The_last_step_is_always_shown()
    {
        _display.Show(Statuses.Training(999));
        _display.Show(Statuses.Training(1000));

        Lines[^1].ShouldStartWith("step 1000/1000");
    }

    [Fact]
    public void News_are_shown_at_once()
    {
        _display.Show(Statuses.WithEvents("Generation 1 is formed."));

        Lines[0].ShouldBe("Generation 1 is formed.");
    }
}
