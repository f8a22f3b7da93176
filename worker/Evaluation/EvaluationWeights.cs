using Inception.Distributed.Worker.Training;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Evaluation;

/// <summary>
/// While it lives, the model computes with the running BatchNorm statistics and, where the job keeps one, the running average of
/// the weights. The raw weights wait in the gradient arena, which nothing uses between steps.
/// </summary>
internal sealed class EvaluationWeights : IDisposable
{
    private readonly Replica _replica;
    private readonly Tensor _parameters;
    private readonly Tensor? _average;

    private EvaluationWeights(Replica replica)
    {
        _replica = replica;
        _parameters = replica.Arenas[ArenaKind.Parameters];
        _average = replica.Arenas.Find(ArenaKind.Ema);
    }

    /// <summary>Does the job keep an average, so that the raw weights are something else?</summary>
    public bool AreAveraged => _average is not null;

    public static EvaluationWeights Install(Replica replica)
    {
        using var quiet = no_grad();
        replica.BatchStatistics.copy_(replica.Arenas[ArenaKind.Statistics]);
        var weights = new EvaluationWeights(replica);
        if (weights.AreAveraged) replica.Gradients.copy_(weights._parameters);
        weights.UseAverage();
        return weights;
    }

    /// <summary>The model computes with the average again; without one, nothing changes.</summary>
    public void UseAverage() => Use(_average);

    /// <summary>The model computes with the weights themselves, still with the running BatchNorm statistics.</summary>
    public void UseRaw() => Use(AreAveraged ? _replica.Gradients : null);

    public void Dispose()
    {
        UseRaw();
        using var quiet = no_grad();
        _replica.Leaf.zero_();
    }

    private void Use(Tensor? weights)
    {
        if (weights is null) return;
        using var quiet = no_grad();
        _parameters.copy_(weights);
    }
}
