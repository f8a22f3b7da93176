using Google.Protobuf.Collections;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Display;

/// <summary>Finds the sentences that are new in each state of a run.</summary>
internal sealed class RunNews
{
    private RepeatedField<string> _known = [];

    public IReadOnlyList<string> In(RunStatus status)
    {
        var lines = NewIn(status.Events).ToList();
        _known = status.Events;
        // Why a run failed is said as the error that ends the program.
        if (status.State == "failed" && lines.LastOrDefault() == status.Reason) lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    // Both are windows of one growing list, so the new window starts with an end of the old one.
    private IEnumerable<string> NewIn(RepeatedField<string> events)
    {
        var shared = Math.Min(_known.Count, events.Count);
        while (!_known.Skip(_known.Count - shared).SequenceEqual(events.Take(shared), StringComparer.Ordinal)) shared--;
        return events.Skip(shared);
    }
}
