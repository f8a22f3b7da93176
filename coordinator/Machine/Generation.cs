using System.Collections.Immutable;
using Inception.Distributed.Protocol;
using Inception.Distributed.Reduction;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>A numbered list of members by rank.</summary>
/// <param name="Step">
/// The least number of applied steps that the members may stand at: the starting point's if nobody holds the state, or if those who do got it
/// from there in a generation that did not become whole.
/// </param>
/// <param name="Start">Used if nobody holds the state.</param>
/// <param name="PassedOver">Samples that rollbacks passed over.</param>
internal sealed record Generation(
    long Number, ImmutableArray<Member> Members, long Step, StartingPoint Start, ImmutableArray<Sampling.PassedOver> PassedOver)
{
    /// <summary>Some member's state is the run's.</summary>
    public bool HasHolder => Members.Any(member => member.HoldsState);

    /// <param name="workers">In the order of their ranks; not more than there are micro-batches.</param>
    public static Generation Of(RunState state, ImmutableArray<WorkerState> workers)
    {
        var start = state.Start ?? new StartingPoint(0, "");
        var members = workers.Select((worker, rank) => new Member(rank, worker.WorkerId, worker.Host, worker.Name,
            MicroBatchRange.Of(rank, workers.Length, state.Settings.Job.Batch.MicroBatches), state.Holds(worker)));
        return new Generation(
            state.LastGeneration + 1, [.. members], workers.Any(state.Holds) ? Math.Min(state.Progress.Step, state.Start?.Step ?? long.MaxValue) : start.Step, start,
            state.PassedOver);
    }

    public Member? Find(string? workerId) => Members.FirstOrDefault(member => member.WorkerId == workerId);

    /// <summary>The member that speaks through a session.</summary>
    public Member? Find(RunState state, SessionId session) => Find(state.Find(session)?.WorkerId);

    public bool HasMembers(IEnumerable<WorkerState> workers) =>
        Members.Select(member => member.WorkerId).ToHashSet().SetEquals(workers.Select(worker => worker.WorkerId));

    /// <summary>One message to every member that is connected.</summary>
    public IEnumerable<Effect> ToAll(RunState state, CoordinatorMessage message) => Members
        .Select(member => state.Find(member.WorkerId)?.Session).OfType<SessionId>().Select(session => new Send(session, message));
}

internal sealed record Member(int Rank, string WorkerId, string Host, string Name, MicroBatchRange MicroBatches, bool HoldsState)
{
    public string Title => $"worker {Name} (rank {Rank})";
}
