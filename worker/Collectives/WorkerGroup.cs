using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Reduction;
using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// One generation, as a member of it: its number, the members' micro-batches, and the process group between them.
/// <see cref="Abort"/> may be called from any thread; everything else belongs to the training thread and its communicator.
/// </summary>
internal sealed class WorkerGroup : IDisposable
{
    /// <summary>Of messages before the first step; no bucket has it.</summary>
    public const int FormingTag = 1;

    private readonly ProcessGroup? _processes;

    private WorkerGroup(Assignment assignment, ProcessGroup? processes)
    {
        _processes = processes;
        Generation = assignment.Generation;
        Rank = assignment.Rank;
        Ranges = [.. assignment.Members.Select(member => new MicroBatchRange(member.FirstMicroBatch, member.MicroBatchCount))];
    }

    public long Generation { get; }

    public int Rank { get; }

    public int Size => Ranges.Count;

    /// <summary>The other ranks.</summary>
    public IEnumerable<int> Peers => Enumerable.Range(0, Size).Where(rank => rank != Rank);

    /// <summary>Each rank's micro-batches.</summary>
    public IReadOnlyList<MicroBatchRange> Ranges { get; }

    public MicroBatchRange Range => Ranges[Rank];

    /// <summary>Connections to the other members; a generation of one has none.</summary>
    public ProcessGroup Processes => _processes ?? throw new InvalidOperationException("a generation of one has no process group");

    /// <summary>Forms the group; blocks until every member is connected.</summary>
    /// <exception cref="UnheardException">Members did not come, or can't be reached.</exception>
    /// <exception cref="CollectiveAbortedException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static WorkerGroup Form(Assignment assignment, IRendezvousStore store, string device, GroupTimeouts timeouts, CancellationToken cancellationToken)
    {
        if (assignment.Members.Count == 1) return new WorkerGroup(assignment, null);
        var meeting = new Meeting(store, assignment.Rank, assignment.Members.Count);
        return meeting.Hold(timeouts.Operation, () =>
        {
            var address = assignment.Members[assignment.Rank].Host;
            var processes = device == "cpu"
                ? ProcessGroup.CreateGloo(
                    store, assignment.Rank, assignment.Members.Count, address, timeouts.Operation, timeouts.Connect, cancellationToken)
                : ProcessGroup.CreateNccl(store, assignment.Rank, assignment.Members.Count, timeouts.Operation);
            return new WorkerGroup(assignment, processes);
        }, cancellationToken);
    }

    /// <summary>Ends every pending operation at once by shutting the group's sockets down.</summary>
    public void Abort() => _processes?.Abort();

    public void Dispose() => _processes?.Dispose();
}

/// <summary>How long a generation's members wait for each other.</summary>
/// <param name="Operation">For one message; a rank waits there for as long as another one computes.</param>
/// <param name="Connect">For a member that has published its address.</param>
internal readonly record struct GroupTimeouts(TimeSpan Operation, TimeSpan Connect)
{
    // Heartbeats find a worker that is gone or stopped, within workers.timeout. What is left for this to find is a thread that hangs
    // in a process that lives; it must not take a slow rank for that.
    private const double OperationTimeouts = 6;

    public static GroupTimeouts Of(WorkersSpec workers) =>
        new(TimeSpan.FromSeconds(OperationTimeouts * workers.Timeout), TimeSpan.FromSeconds(workers.Timeout));
}
