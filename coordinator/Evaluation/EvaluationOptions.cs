using Inception.Distributed.Hosting;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Evaluation;

/// <summary>Checkpoints to be evaluated together.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Its data.validation is evaluated; data.evaluationBlock, workers.threads, workers.heartbeat and workers.timeout hold.</summary>
    public required JobSpec Job { get; init; }

    public required IReadOnlyList<EvaluatedCheckpoint> Checkpoints { get; init; }

    /// <summary>One of <see cref="Distributed.Evaluation.EvaluationPlan.CropCounts"/>.</summary>
    public int Crops { get; init; } = 1;

    /// <summary><c>ema</c>, <c>raw</c>, or empty: ema where a checkpoint has it.</summary>
    public string Weights { get; init; } = "";

    /// <summary>Positions of images that don't count, ascending, from 0.</summary>
    public IReadOnlyList<long> LeftOut { get; init; } = [];

    /// <summary>Address and port to listen on; port 0: any free one.</summary>
    public string Listen { get; init; } = "127.0.0.1:0";

    public SecuritySettings Security { get; init; } = new();
}

/// <param name="Directory">The same on every worker.</param>
/// <param name="ManifestSha256">Lower-case hex; a worker that finds another checkpoint there refuses.</param>
public sealed record EvaluatedCheckpoint(string Directory, string ManifestSha256);
