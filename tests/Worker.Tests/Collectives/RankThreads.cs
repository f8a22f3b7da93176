using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Reduction;
using Inception.Distributed.Worker.Collectives;

namespace Inception.Distributed.Worker.Tests.Collectives;

/// <summary>Runs the ranks of a generation as threads of this process, over real Gloo connections on loopback.</summary>
internal static class RankThreads
{
    private static readonly GroupTimeouts Timeouts = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));

    /// <param name="atOnce">Whether the ranks leave together; otherwise each one breaks its connections as soon as it is done.</param>
    public static T[] Run<T>(int ranks, int microBatches, Func<WorkerGroup, T> body, bool atOnce = true)
    {
        var store = new InMemoryStore();
        var results = new T[ranks];
        var failures = new Exception?[ranks];
        var threads = Enumerable.Range(0, ranks).Select(rank => new Thread(() =>
        {
            try
            {
                using var group = WorkerGroup.Form(Assignment(rank, ranks, microBatches), store, "cpu", Timeouts, CancellationToken.None);
                // No rank breaks its connections while another one still connects, or leaves while another one still reads from it.
                if (!atOnce) Meet(group);
                results[rank] = body(group);
                if (atOnce) Meet(group);
            }
            catch (Exception exception)
            {
                failures[rank] = exception;
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        var failed = failures.OfType<Exception>().ToList();
        if (failed.Count > 0) throw new AggregateException(failed);
        return results;
    }

    private static void Meet(WorkerGroup group)
    {
        if (group.Size == 1) return;
        using var barrier = group.Processes.Barrier();
        barrier.Wait();
    }

    public static Assignment Assignment(int rank, int ranks, int microBatches, long generation = 1)
    {
        var assignment = new Assignment { Generation = generation, Rank = rank, Start = new StartingPoint() };
        for (var member = 0; member < ranks; member++)
        {
            var range = MicroBatchRange.Of(member, ranks, microBatches);
            assignment.Members.Add(new Member { WorkerId = $"w{member}", Host = "127.0.0.1", FirstMicroBatch = range.First, MicroBatchCount = range.Count });
        }

        return assignment;
    }

    /// <summary>Just what the reduction reads of a job.</summary>
    public static JobSpec Job(int microBatches, ReductionKind reduction = ReductionKind.Deterministic) => new()
    {
        Name = "reduction",
        Model = new ModelSpec { Name = "inception-v3", Classes = 2 },
        Data = new DataSpec { Train = [new SourceSpec { Format = DatasetFormat.Synthetic, Limit = 1 }] },
        Batch = new BatchSpec { Global = microBatches, MicroBatches = microBatches },
        Optimizer = new OptimizerSpec { Name = OptimizerKind.Sgd, LearningRate = 0.1 },
        Schedule = new ScheduleSpec { Epochs = 1 },
        Reduction = reduction,
    };
}
