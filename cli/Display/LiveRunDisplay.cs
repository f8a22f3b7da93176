using Inception.Distributed.Protocol;
using Spectre.Console;

namespace Inception.Distributed.Cli.Display;

/// <summary>A few lines at the bottom of the terminal that follow the run; news scroll by above them.</summary>
internal sealed class LiveRunDisplay(IAnsiConsole console) : RunDisplay
{
    private readonly RunNews _news = new();
    private LiveDisplayContext? _live;

    public override Task<T> DuringAsync<T>(Func<Task<T>> body) =>
        console.Live(Render(new RunStatus(), console.Profile.Width)).AutoClear(true).StartAsync(async live =>
        {
            _live = live;
            return await body();
        });

    public override void Show(RunStatus status)
    {
        foreach (var line in _news.In(status)) Say(line);
        _live?.UpdateTarget(Render(status, console.Profile.Width));
    }

    // Written over the display's first line, of which nothing may stay; the display is drawn anew below.
    public override void Say(string line)
    {
        var width = console.Profile.Width;
        console.WriteLine(line.PadRight((line.Length / width + 1) * width - 1));
    }

    public override void Abandon() => console.Cursor.Show();

    /// <summary>
    /// A bar with the position, then loss and learning rate, then where the time goes. Always three lines: back to the start of a single
    /// one is "up by 0", which terminals take for 1.
    /// </summary>
    private static Rows Render(RunStatus status, int width)
    {
        var step = status.LastStep is { } last ? $"  {StatusText.Step(last)}  {Format.Count(status.Workers.Count(IsMember), "worker")}" : " ";
        var phases = $"  {StatusText.Phases(status.PhasesTotal)}";
        return new Rows(Bar(status, width), new Markup(Markup.Escape(step)), new Markup(Markup.Escape(phases), new Style(Color.Grey)));
    }

    private static Markup Bar(RunStatus status, int width)
    {
        var cells = Math.Clamp(width - 90, 10, 40);
        var done = status.TotalSteps == 0 ? 0 : (int)(cells * status.Step / status.TotalSteps);
        var text = status.TotalSteps == 0 ? status.Reason : $"{StatusText.Position(status)}  {StatusText.Speed(status)}";
        if (status.State == "evaluating") text += $"  {Format.Count(status.EvaluatedImages)} images evaluated";
        var bar = $"[green]{new string('━', done)}[/][grey]{new string('━', cells - done)}[/]";
        return new Markup($"[bold]{Markup.Escape(status.State),-10}[/] {bar} {Markup.Escape(text)}");
    }

    private static bool IsMember(WorkerStatus worker) => worker.Rank >= 0;
}
