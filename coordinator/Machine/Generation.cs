using System.Collections.Immutable;
using Inception.Distributed.Reduction;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>A numbered list of members by rank.</summary>
internal sealed record Generation(long Number, ImmutableArray<Member> Members, long FirstStep, string Checkpoint)
{
    /// <param name="workers">In the order of their ranks; not more than there are micro-batches.</param>
    public static Generation Of(long number, IReadOnlyList<WorkerState> workers, int microBatches, long firstStep, string checkpoint) =>
        new(number,
            [.. workers.Select((worker, rank) => new Member(rank, worker.Session, worker.WorkerId, worker.Host, worker.Name,
                MicroBatchRange.Of(rank, workers.Count, microBatches)))],
            firstStep, checkpoint);

    public Member? Find(SessionId session) => Members.FirstOrDefault(member => member.Session == session);
}

internal sealed record Member(int Rank, SessionId Session, string WorkerId, string Host, string Name, MicroBatchRange MicroBatches)
{
    public string Title => $"worker {Name} (rank {Rank})";
}
