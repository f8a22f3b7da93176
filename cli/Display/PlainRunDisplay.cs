using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Display;

/// <summary>Plain lines, for logs and pipes: all news, and the progress now and then.</summary>
internal sealed class PlainRunDisplay(TextWriter output, TimeProvider time) : RunDisplay
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly RunNews _news = new();
    private readonly Lock _gate = new();
    private RunStatus _shown = new();
    private long _shownAt;

    public override Task<T> DuringAsync<T>(Func<Task<T>> body) => body();

    public override void Show(RunStatus status)
    {
        lock (_gate)
        {
            foreach (var line in _news.In(status)) output.WriteLine(line);
            if (status.Step == _shown.Step || status.LastStep is null || !IsTime(status)) return;
            output.WriteLine(StatusText.Progress(status));
            _shown = status;
            _shownAt = time.GetTimestamp();
        }
    }

    public override void Say(string line)
    {
        lock (_gate) output.WriteLine(line);
    }

    // The first step and the last one; else every per cent, but neither too often nor too seldom.
    private bool IsTime(RunStatus status)
    {
        if (_shown.LastStep is null || status.Step == status.TotalSteps) return true;
        var elapsed = time.GetElapsedTime(_shownAt);
        return elapsed >= LongestPause || (elapsed >= ShortestPause && (status.Step - _shown.Step) * 100 >= status.TotalSteps);
    }
}
