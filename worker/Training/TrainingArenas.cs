using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Checkpointing;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>History: losses and gradient norms of the last steps, where a job watches for spikes.</summary>
internal enum ArenaKind { Parameters, Statistics, Ema, Momentum, SquareAverage, FirstMoment, SecondMoment, History }

/// <summary>Everything that training carries from step to step: one flat tensor a kind, and what is counted.</summary>
internal sealed class TrainingArenas : IDisposable
{
    private readonly SortedDictionary<ArenaKind, Tensor> _arenas;

    private TrainingArenas(SortedDictionary<ArenaKind, Tensor> arenas) => _arenas = arenas;

    /// <summary>Applied steps.</summary>
    public long Step { get; set; }

    /// <summary>Samples of the applied steps that could not be decoded; others took their places.</summary>
    public long Corrupt { get; set; }

    public IReadOnlyDictionary<ArenaKind, Tensor> All => _arenas;

    public long Bytes => sizeof(float) * _arenas.Values.Sum(arena => arena.NumberOfElements);

    public Tensor this[ArenaKind kind] => _arenas[kind];

    public Tensor? Find(ArenaKind kind) => _arenas.GetValueOrDefault(kind);

    public static TrainingArenas Create(JobSpec job, ArenaLayout layout, Device device)
    {
        var arenas = new SortedDictionary<ArenaKind, Tensor>
        {
            [ArenaKind.Parameters] = Zeros(layout.ParameterLength),
            [ArenaKind.Statistics] = Zeros(layout.StatisticsLength),
        };
        foreach (var kind in OptimizerArenas(job.Optimizer)) arenas[kind] = Zeros(layout.ParameterLength);
        if (job.Optimizer.Ema > 0) arenas[ArenaKind.Ema] = Zeros(layout.ParameterLength);
        if (job.Numbers.WatchesSpikes) arenas[ArenaKind.History] = Zeros(NumbersWatch.ArenaLength(job.Numbers));
        return new TrainingArenas(arenas);

        Tensor Zeros(long length) => zeros([length], float32, device).DetachFromDisposeScope();
    }

    /// <summary>The optimizer's own arenas, beside the parameters.</summary>
    public static IEnumerable<ArenaKind> OptimizerArenas(OptimizerSpec optimizer) => optimizer.Name switch
    {
        OptimizerKind.Sgd or OptimizerKind.Lars => optimizer.Momentum > 0 ? [ArenaKind.Momentum] : [],
        OptimizerKind.Rmsprop or OptimizerKind.RmspropTf =>
            optimizer.Momentum > 0 ? [ArenaKind.SquareAverage, ArenaKind.Momentum] : [ArenaKind.SquareAverage],
        OptimizerKind.Adamw => [ArenaKind.FirstMoment, ArenaKind.SecondMoment],
        _ => throw new ArgumentOutOfRangeException(nameof(optimizer), optimizer.Name, "unknown optimizer"),
    };

    /// <summary>A copy on the CPU: what a checkpoint is written from while training goes on. Reuses <paramref name="target"/> when given.</summary>
    /// <param name="digest"><see cref="StateDigest"/> of both.</param>
    public TrainingArenas Snapshot(TrainingArenas? target, out string digest)
    {
        target ??= new TrainingArenas(new(_arenas.ToDictionary(
            entry => entry.Key, entry => empty([entry.Value.NumberOfElements], float32).DetachFromDisposeScope())));
        target.Corrupt = Corrupt;
        digest = StateDigest.Copy(this, target);
        return target;
    }

    public void Dispose()
    {
        foreach (var arena in _arenas.Values) arena.Dispose();
    }
}
