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

    private EvaluationWeights(Replica replica) => _replica = replica;

    public static EvaluationWeights Install(Replica replica)
    {
        using var quiet = no_grad();
        replica.BatchStatistics.copy_(replica.Arenas[ArenaKind.Statistics]);
        if (replica.Arenas.Find(ArenaKind.Ema) is { } ema)
        {
            replica.Gradients.copy_(replica.Arenas[ArenaKind.Parameters]);
            replica.Arenas[ArenaKind.Parameters].copy_(ema);
        }

        return new EvaluationWeights(replica);
    }

    public void Dispose()
    {
        using var quiet = no_grad();
        if (_replica.Arenas.Find(ArenaKind.Ema) is not null) _replica.Arenas[ArenaKind.Parameters].copy_(_replica.Gradients);
        _replica.Leaf.zero_();
    }
}
