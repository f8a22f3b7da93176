using System.Globalization;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Ends the run when too many samples have turned out corrupt, whichever rank met them. The count is part of the training state, so all ranks
/// come to the same, also after a resume.
/// </summary>
/// <param name="fraction">data.maxCorrupt.</param>
/// <param name="trainingSamples">Size of the training set.</param>
internal sealed class CorruptBudget(double fraction, long trainingSamples)
{
    /// <param name="corrupt">Corrupt samples of the step's global batch.</param>
    /// <param name="count">Corrupt samples of the run up to the step's end.</param>
    /// <param name="consumed">Samples of the run up to there.</param>
    /// <exception cref="UserErrorException">There are more than the job allows.</exception>
    public void Require(int corrupt, long count, long consumed)
    {
        var total = Math.Max(trainingSamples, consumed);
        if (corrupt == 0 || count <= fraction * total) return;
        throw new UserErrorException("data.maxCorrupt", string.Create(CultureInfo.InvariantCulture,
            $"Of the training samples met so far {count} {(count == 1 ? "is" : "are")} corrupt, more than {100 * fraction:0.####} % of {total}; the workers' logs name them. "
            + $"Mend them or take them out of the training set, or raise data.maxCorrupt."));
    }
}
