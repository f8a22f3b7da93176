using Inception.Distributed.Protocol;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Inception.Distributed.Cli.Display;

/// <summary>A few lines at the bottom of the terminal that follow the run; news scroll by above them.</summary>
internal sealed class LiveRunDisplay(IAnsiConsole console) : RunDisplay
{
    private readonly RunNews _news = new();
    private LiveDisplayContext? _live;

    public override Task<T> DuringAsync<T>(Func<Task<T>> body) =>
        console.Live(new Rows()).AutoClear(true).StartAsync(async live =>
        {
            _live = live;
            return await body();
        });

    public override void Show(RunStatus status)
    {
        foreach (var line in _news.In(status)) Say(line);
        _live?.UpdateTarget(Render(status, console.Profile.Width));
    }

    public override void Say(string line) => console.WriteLine(line);

    public override void Abandon() => console.Cursor.Show();

    /// <summary>A bar with the position, then loss and learning rate, then where the time goes.</summary>
    public static IRenderable Render(RunStatus status, int width)
    {
        var lines = new List<IRenderable> { Bar(status, width) };
        if (status.LastStep is { } step) lines.Add(new Markup(Markup.Escape($"  {StatusText.Step(step)}  {Format.Count(status.Workers.Count(IsMember), "worker")}")));
        if (StatusText.Phases(status.PhasesTotal) is { Length: > 0 } phases) lines.Add(new Markup(Markup.Escape($"  {phases}"), new Style(Color.Grey)));
        return new Rows(lines);
    }

    private static Markup Bar(RunStatus status, int width)
    {
        var cells = Math.Clamp(width - 90, 10, 40);
        var done = status.TotalSteps == 0 ? 0 : (int)(cells * status.Step / status.TotalSteps);
        var text = status.TotalSteps == 0 ? status.Reason : $"{StatusText.Position(status)}  {StatusText.Speed(status)}";
        if (status.State == "evaluating") text += $"  {Format.Count(status.EvaluatedImages)} images evaluated";
        return new Markup($"[bold]{Markup.Escape(status.State),-10}[/] [green]{new string('━', done)}[/][grey]{new string('━', cells - done)}[/] {Markup.Escape(text)}");
    }

    private static bool IsMember(WorkerStatus worker) => worker.Rank >= 0;
}
