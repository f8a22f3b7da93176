using Inception.Distributed.Cli.Display;
using Spectre.Console;

namespace Inception.Distributed.Cli.Tests.Display;

public sealed class LiveRunDisplayTests : IDisposable
{
    private const int Width = 150;

    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly LiveRunDisplay _display;

    public LiveRunDisplayTests()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(_output),
        });
        console.Profile.Width = Width;
        _display = new LiveRunDisplay(console);
    }

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task The_run_is_shown_with_its_position_its_figures_and_its_phases()
    {
        await ShowAsync(() => _display.Show(Statuses.Training(430)));

        var text = _output.ToString();
        text.ShouldContain("step 430/1000  epoch 4.30/10.00  812 images/s  1 min 30 s left");
        text.ShouldContain("loss 1.2500 (main 1.0000, auxiliary 0.6250)  learning rate 0.050000");
        text.ShouldContain("data 1.0 s (5.0 %), forward 4.0 s (20.0 %), backward 12 s (60.0 %), reduction 2.0 s (10.0 %), update 1.0 s (5.0 %)");
    }

    [Fact]
    public async Task News_cover_the_line_that_they_are_written_over()
    {
        await ShowAsync(() => _display.Show(Statuses.WithEvents("Generation 1 is formed.")));

        _output.ToString().ShouldContain("Generation 1 is formed.".PadRight(Width - 1));
    }

    // Terminals take "up by 0" for "up by 1", and the display would climb.
    [Fact]
    public async Task The_display_never_moves_up_by_no_lines()
    {
        await ShowAsync(() =>
        {
            _display.Say("Before anything is known.");
            _display.Show(Statuses.Training(0, totalSteps: 0));
            _display.Show(Statuses.Training(1));
        });

        _output.ToString().ShouldNotContain("\u001b[0A");
        _output.ToString().ShouldContain("\u001b[2A");
    }

    private Task<int> ShowAsync(Action body) => _display.DuringAsync(() =>
    {
        body();
        return Task.FromResult(0);
    });
}
