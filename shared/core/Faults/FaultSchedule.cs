namespace Inception.Distributed.Faults;

/// <summary>What happens to a run, one fault after another. docs/chaos.md describes its file.</summary>
/// <param name="Faults">In the order in which they happen.</param>
/// <param name="Origin">For people: where it comes from, e.g. <c>seed 7, 60 s, 3 workers</c>.</param>
public sealed record FaultSchedule(IReadOnlyList<ScheduledFault> Faults, string Origin)
{
    /// <summary>Seconds until the last fault that is due by time is over.</summary>
    public double Seconds => Faults.Select(fault => fault.At is { } at ? at + fault.Fault.Seconds : 0).DefaultIfEmpty(0).Max();

    /// <summary>Does it need workers on hosts of their own?</summary>
    public bool Cuts => Faults.Any(fault => fault.Fault is CutWorker);
}

/// <param name="At">
/// Seconds from the first applied step on; the clock stands still between two runs of the job. Null: due by <paramref name="Step"/>.
/// </param>
/// <param name="Step">Due once this many steps are applied. Null: due by time.</param>
public sealed record ScheduledFault(double? At, long? Step, Fault Fault);
