namespace Inception.Distributed.Worker.Training;

/// <summary>What the training thread is doing, for heartbeats and reports. Written by it, read by any thread.</summary>
internal sealed class TrainingActivity
{
    private sealed record Snapshot(string? Text, Phase Phase, long Step, int MicroBatch);

    private Snapshot _now = new("starting", default, 0, -1);

    public void Set(string text) => Volatile.Write(ref _now, new Snapshot(text, default, 0, -1));

    public void Set(Phase phase, long step, int microBatch) => Volatile.Write(ref _now, new Snapshot(null, phase, step, microBatch));

    public override string ToString()
    {
        var now = Volatile.Read(ref _now);
        if (now.Text is not null) return now.Text;
        var phase = now.Phase.ToString().ToLowerInvariant();
        return now.MicroBatch < 0 ? $"{phase} of step {now.Step + 1}" : $"{phase} of micro-batch {now.MicroBatch} of step {now.Step + 1}";
    }
}
