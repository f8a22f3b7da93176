using Inception.Distributed.Coordinator.History;

namespace Inception.Distributed.Cli.Plots;

/// <summary>Where on the horizontal axis a generation trained.</summary>
internal sealed record GenerationBands(double From, double To, int Workers)
{
    /// <summary>Those that came to a step, in order; one that broke before its first step took no part of the axis.</summary>
    public static IReadOnlyList<GenerationBands> Of(RunHistory history, bool bySteps)
    {
        // A run that went on from a checkpoint has generations of steps that were done again: the newest one counts.
        var starts = new List<GenerationPoint>();
        foreach (var generation in history.Generations)
        {
            while (starts.Count > 0 && starts[^1].FirstStep >= generation.FirstStep) starts.RemoveAt(starts.Count - 1);
            starts.Add(generation);
        }
        var ends = starts.Skip(1).Select(next => next.FirstStep).Append(history.Steps[^1].Step);
        return [.. starts.Zip(ends, (start, end) => new GenerationBands(At(start.FirstStep), At(end), start.Workers)).Where(band => band.To > band.From)];

        double At(long step) => bySteps ? step : step <= 0 ? 0 : history.Steps[Index(step)].Epoch;

        // Steps are counted from 1 and without gaps, from wherever the log begins.
        int Index(long step) => (int)Math.Clamp(step - history.Steps[0].Step, 0, history.Steps.Count - 1);
    }
}
