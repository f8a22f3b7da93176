using System.Diagnostics;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>What the input of a run does in one round.</summary>
/// <param name="Seconds">By the clock on the wall.</param>
/// <param name="StageSeconds">By stage, summed over the threads.</param>
/// <param name="FileBytes">Read, as stored.</param>
public sealed record BenchmarkRound(double Seconds, long Images, long FileBytes, IReadOnlyDictionary<Stage, double> StageSeconds);

/// <summary>
/// Runs the input of a training run as a worker runs it, with a consumer that only takes: the same threads, buffers, order and
/// augmentation. Stages are timed where they happen, so they compete for memory and caches as they do in a run.
/// </summary>
public sealed class PipelineBenchmark(IDataset dataset, DataSpec data, int inputSize, long seed, int threads)
{
    private const int MicroBatch = 32;

    private readonly List<StageClock> _clocks = [];

    /// <summary>Samples that turned out corrupt; others took their places.</summary>
    public long Corrupt { get; private set; }

    /// <param name="round">Length of a round; one more goes before them to warm up.</param>
    /// <exception cref="UserErrorException">A sample can't be read.</exception>
    public IReadOnlyList<BenchmarkRound> Run(int rounds, TimeSpan round, CancellationToken cancellationToken)
    {
        var batch = new BatchSpec { Global = MicroBatch, MicroBatches = 1 };
        var order = new SampleOrder(seed, dataset.Sources);
        using var prefetcher = new Prefetcher(CreateBuilder, threads, order, batch, [0], firstStep: 0, endStep: long.MaxValue / MicroBatch);
        var step = 0L;
        Take();
        var results = new List<BenchmarkRound>();
        var before = Read();
        while (results.Count < rounds)
        {
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < round) Take();
            var after = Read();
            results.Add(Difference(before, after, Stopwatch.GetElapsedTime(start).TotalSeconds));
            before = after;
        }

        return results;

        void Take() => Corrupt += prefetcher.Take(step++, 0, cancellationToken).Corrupt;
    }

    private BatchBuilder CreateBuilder()
    {
        var clock = new StageClock();
        _clocks.Add(clock);
        return new BatchBuilder(dataset, inputSize, data, seed, new CorruptSamples(dataset, NullLogger.Instance), clock);
    }

    private BenchmarkRound Read() => new(
        0, _clocks.Sum(clock => clock.Images), _clocks.Sum(clock => clock.Bytes),
        Enum.GetValues<Stage>().ToDictionary(stage => stage, stage => _clocks.Sum(clock => clock.SecondsOf(stage))));

    private static BenchmarkRound Difference(BenchmarkRound before, BenchmarkRound after, double seconds) => new(
        seconds, after.Images - before.Images, after.FileBytes - before.FileBytes,
        after.StageSeconds.ToDictionary(entry => entry.Key, entry => entry.Value - before.StageSeconds[entry.Key]));
}
