namespace Inception.Distributed.Worker.Training;

/// <summary>What kind of thing the training thread does; a probe judges each differently.</summary>
internal enum ActivityKind
{
    /// <summary>On the way to the first generation, which takes as long as the dataset is large.</summary>
    Starting,

    /// <summary>For the coordinator's next word.</summary>
    Waiting,

    /// <summary>It should come to something else soon.</summary>
    Working,
}

/// <summary>What the training thread is doing, for heartbeats, reports and probes. Written by it, read by any thread.</summary>
internal sealed class TrainingActivity(TimeProvider time)
{
    private sealed record Snapshot(ActivityKind Kind, long Since, string? Text, Phase Phase, long Step, int MicroBatch);

    private Snapshot _now = new(ActivityKind.Starting, time.GetTimestamp(), "starting", default, 0, -1);

    public void Start(string text) => Enter(ActivityKind.Starting, text);

    public void Wait(string text) => Enter(ActivityKind.Waiting, text);

    public void Set(string text) => Enter(ActivityKind.Working, text);

    public void Set(Phase phase, long step, int microBatch) =>
        Volatile.Write(ref _now, new Snapshot(ActivityKind.Working, time.GetTimestamp(), null, phase, step, microBatch));

    /// <summary>What it does, and for how long already.</summary>
    public (ActivityKind Kind, TimeSpan Since, string Text) Read()
    {
        var now = Volatile.Read(ref _now);
        return (now.Kind, time.GetElapsedTime(now.Since), Describe(now));
    }

    public override string ToString() => Describe(Volatile.Read(ref _now));

    private void Enter(ActivityKind kind, string text) => Volatile.Write(ref _now, new Snapshot(kind, time.GetTimestamp(), text, default, 0, -1));

    private static string Describe(Snapshot now)
    {
        if (now.Text is not null) return now.Text;
        var phase = now.Phase.ToString().ToLowerInvariant();
        return now.MicroBatch < 0 ? $"{phase} of step {now.Step + 1}" : $"{phase} of micro-batch {now.MicroBatch} of step {now.Step + 1}";
    }
}
