using Google.Protobuf.Collections;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Display;

/// <summary>Turns the stream of states into the sentences that are new in each: events, evaluations and checkpoints.</summary>
internal sealed class RunNews
{
    private RunStatus _previous = new();

    public IReadOnlyList<string> In(RunStatus status)
    {
        var lines = new List<string>(NewEvents(_previous.Events, status.Events));
        if (status.LastCheckpoint != "" && status.LastCheckpoint != _previous.LastCheckpoint) lines.Add($"checkpoint {status.LastCheckpoint}");
        if (status.LastEvaluation is { } evaluation && !evaluation.Equals(_previous.LastEvaluation)) lines.Add(StatusText.Evaluation(evaluation));
        _previous = status;
        return lines;
    }

    // Both are windows of one growing list, so the new window starts with an end of the old one.
    private static IEnumerable<string> NewEvents(RepeatedField<string> before, RepeatedField<string> now)
    {
        var shared = Math.Min(before.Count, now.Count);
        while (!before.Skip(before.Count - shared).SequenceEqual(now.Take(shared), StringComparer.Ordinal)) shared--;
        return now.Skip(shared);
    }
}
