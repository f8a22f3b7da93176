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

    /// <summary>Each rank's micro-batches.</summary>
    public IReadOnlyList<MicroBatchRange> Ranges { get; }

    public MicroBatchRange Range => Ranges[Rank];

    /// <summary>Connections to the other members; a generation of one has none.</summary>
    public ProcessGroup Processes => _processes ?? throw new InvalidOperationException("a generation of one has no process group");

    /// <summary>Forms the group; blocks until every member is connected or <paramref name="timeout"/> has passed.</summary>
    public static WorkerGroup Form(Assignment assignment, IRendezvousStore store, string device, TimeSpan timeout)
    {
        if (assignment.Members.Count == 1) return new WorkerGroup(assignment, null);
        var address = assignment.Members[assignment.Rank].Host;
        var processes = device == "cpu"
            ? ProcessGroup.CreateGloo(store, assignment.Rank, assignment.Members.Count, address, timeout)
            : ProcessGroup.CreateNccl(store, assignment.Rank, assignment.Members.Count, timeout);
        return new WorkerGroup(assignment, processes);
    }

    /// <summary>Ends every pending operation at once by shutting the group's sockets down.</summary>
    public void Abort() => _processes?.Abort();

    public void Dispose() => _processes?.Dispose();
}
