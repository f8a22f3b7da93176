using Inception.Distributed.Evaluation;

namespace Inception.Distributed.Coordinator.Evaluation;

/// <param name="Images">That count; 0 until the first worker has opened the set.</param>
/// <param name="Workers">Connected and ready.</param>
public sealed record EvaluationProgress(long EvaluatedImages, long Images, int Workers);

/// <param name="Blocks">The outcome of every image that counts, in the order of the set.</param>
/// <param name="Corrupt">Positions of images that could not be decoded and were judged as black, ascending.</param>
/// <param name="SetImages">Size of the set, with the images left out.</param>
/// <param name="Workers">That evaluated at least one block.</param>
/// <param name="Seconds">From the first order to the last report.</param>
public sealed record EvaluationResult(
    IReadOnlyList<IReadOnlyList<ImageOutcome>> Blocks, IReadOnlyList<long> Corrupt, long SetImages, string DatasetDigest, int Workers, double Seconds);
