using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Stragglers;

/// <summary>
/// Finds workers that keep the others waiting, by the seconds that their micro-batches take. The reduction is no sign: a rank is in it for as
/// long as the slowest one computes, so the straggler waits there least. By the run's loop only.
/// </summary>
internal sealed class StragglerWatch(StragglersSpec spec)
{
    // What costs less than this part of a step is not worth a word.
    private const double WorthMentioning = 0.1;

    // Who has been named must come this much below the limit to count as having caught up.
    private const double Relief = 0.9;

    private readonly Dictionary<string, Window> _windows = new(StringComparer.Ordinal);
    private long _generation;

    /// <summary>One rank's times of a step.</summary>
    /// <param name="generation">That the report belongs to.</param>
    /// <returns>What has changed: a worker straggles now, or has caught up; mostly nothing.</returns>
    public RunEvent? Add(RunState state, Generation generation, WorkerState worker, StepReport report)
    {
        if (spec.Policy == StragglersPolicy.Ignore || generation.Find(worker.WorkerId) is not { } member) return null;
        if (generation.Number != _generation) Begin(generation);
        var window = _windows[member.WorkerId];
        // A generation's first step may go on with what an earlier one has left.
        if (window.Steps++ > 0) window.Add(report.Phases, member.MicroBatches.Count, report.Seconds, spec.Window);
        if (!_windows.Values.All(each => each.IsFull(spec.Window))) return null;
        return Judge(worker, window, [.. _windows.Values.Where(other => other != window)]);
    }

    private void Begin(Generation generation)
    {
        _generation = generation.Number;
        var before = new Dictionary<string, Window>(_windows, StringComparer.Ordinal);
        _windows.Clear();
        // The members' micro-batches are other ones now, but a micro-batch takes what it took.
        foreach (var member in generation.Members)
        {
            var window = before.GetValueOrDefault(member.WorkerId) ?? new Window();
            window.Steps = 0;
            _windows.Add(member.WorkerId, window);
        }
    }

    private RunEvent? Judge(WorkerState worker, Window window, IReadOnlyList<Window> others)
    {
        if (others.Count == 0) return null;
        var step = Median([.. window.Entries.Select(entry => entry.Step)]);
        var (phase, mine, theirs) = Phases(window, others).MaxBy(entry => entry.Mine - entry.Theirs);
        var limit = theirs * (worker.Straggling is null ? spec.Factor : spec.Factor * Relief);
        var straggles = mine > limit && (mine - theirs) * window.MicroBatches > WorthMentioning * step;
        if (straggles == (worker.Straggling is not null)) return null;
        return straggles
            ? new StragglerFound(worker.Session!.Value, phase, mine, theirs)
            : new StragglerCaughtUp(worker.Session!.Value);
    }

    // Seconds a micro-batch.
    private static IEnumerable<(string Phase, double Mine, double Theirs)> Phases(Window window, IReadOnlyList<Window> others)
    {
        yield return ("data", window.MedianOf(entry => entry.Data), Median([.. others.Select(other => other.MedianOf(entry => entry.Data))]));
        yield return ("computation", window.MedianOf(entry => entry.Compute), Median([.. others.Select(other => other.MedianOf(entry => entry.Compute))]));
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    private sealed class Window
    {
        public Queue<(double Data, double Compute, double Step)> Entries { get; } = new();

        public int MicroBatches { get; private set; }

        /// <summary>Of the present generation.</summary>
        public long Steps { get; set; }

        public bool IsFull(int length) => Entries.Count >= length;

        public void Add(PhaseSeconds phases, int microBatches, double step, int length)
        {
            MicroBatches = microBatches;
            Entries.Enqueue((phases.Data / microBatches, (phases.Forward + phases.Backward) / microBatches, step));
            while (Entries.Count > length) Entries.Dequeue();
        }

        public double MedianOf(Func<(double Data, double Compute, double Step), double> value) => Median([.. Entries.Select(value)]);
    }
}
