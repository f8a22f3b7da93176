using Inception.Distributed.Jobs;

namespace Inception.Distributed.Evaluation;

/// <summary>How the evaluation of checkpoints is cut into blocks.</summary>
public static class EvaluationPlan
{
    /// <summary>How many crops of an image may be evaluated; their geometry is the worker's <c>Crops</c>.</summary>
    public static IReadOnlyList<int> CropCounts { get; } = [1, 10, 12, 144];

    /// <summary>Images of a block: its crops fill one forward pass of data.evaluationBlock as far as whole images can.</summary>
    public static int BlockImages(JobSpec job, int crops) => Math.Max(1, job.Data.EvaluationBlock / crops);

    public static int Blocks(JobSpec job, int crops, long images)
    {
        var size = BlockImages(job, crops);
        return checked((int)((images + size - 1) / size));
    }
}
