using System.Globalization;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Counts the corrupt samples of the steps that this process has applied, whichever rank met them, and ends the run when there are too
/// many. All ranks count alike, and where one has come later, those that were there before end the run.
/// </summary>
/// <param name="fraction">data.maxCorrupt.</param>
/// <param name="trainingSamples">Size of the training set.</param>
internal sealed class CorruptBudget(double fraction, long trainingSamples)
{
    public long Count { get; private set; }

    /// <param name="corrupt">Corrupt samples of a step's global batch.</param>
    /// <param name="consumed">Samples of the run up to the step's end.</param>
    /// <exception cref="UserErrorException">There are more than the job allows.</exception>
    public void Add(int corrupt, long consumed)
    {
        Count += corrupt;
        var total = Math.Max(trainingSamples, consumed);
        if (corrupt == 0 || Count <= fraction * total) return;
        throw new UserErrorException("data.maxCorrupt", string.Create(CultureInfo.InvariantCulture,
            $"Of the training samples met so far {Count} {(Count == 1 ? "is" : "are")} corrupt, more than {100 * fraction:0.####} % of {total}; the workers' logs name them. "
            + $"Mend them or take them out of the training set, or raise data.maxCorrupt."));
    }
}
