using System.Runtime.InteropServices;
using Inception.Distributed.Reduction;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>What every rank must know of one micro-batch to report the step and to decide on it alike.</summary>
[StructLayout(LayoutKind.Sequential)]
/// <param name="Corrupt">How many of its samples could not be decoded; others are in their places.</param>
internal readonly record struct MicroBatchRecord(double Loss, double MainLoss, double AuxiliaryLoss, double Corrupt = 0);

/// <summary>What a rank wants to happen after a step, and with it all ranks.</summary>
[Flags]
internal enum StepWishes
{
    None = 0,

    /// <summary>End the run here.</summary>
    Stop = 1,

    /// <summary>Complete the order here: membership is about to change.</summary>
    Yield = 2,
}

/// <summary>
/// Brings every micro-batch's losses and corrupt samples and every rank's wishes to all ranks, once a step, as fp64. So the losses are
/// summed in micro-batch order, and a non-finite loss, a stop or a yield is decided alike on all ranks after the same step.
/// </summary>
internal sealed class StepRecords : IDisposable
{
    // Behind the header: the wishes, then four numbers a micro-batch.
    private const int WishesAt = MessageHeader.Length;
    private const int First = WishesAt + 1;
    private const int Fields = 4;
    private const int Tag = 0;

    private readonly WorkerGroup _group;
    private readonly StepPlan _plan;
    private readonly Tensor[] _messages;
    private readonly List<Work> _pending = [];

    public StepRecords(WorkerGroup group, StepPlan plan, int microBatches)
    {
        _group = group;
        _plan = plan;
        All = new MicroBatchRecord[microBatches];
        _messages = [.. plan.Shares.Select(share => zeros([First + Fields * share.All.Count], float64).DetachFromDisposeScope())];
    }

    /// <summary>By micro-batch; this rank's are set by the training thread, the others' arrive with <see cref="Finish"/>.</summary>
    public MicroBatchRecord[] All { get; }

    /// <summary>Set before <see cref="Start"/>: this rank's. After <see cref="Finish"/>: those of any rank, alike on all.</summary>
    public StepWishes Wishes { get; set; }

    public void Start(long step)
    {
        if (_group.Size == 1) return;
        var mine = _messages[_group.Rank];
        Header(step, _group.Rank).WriteTo(mine);
        var fields = MemoryMarshal.Cast<byte, double>(mine.bytes);
        fields[WishesAt] = (int)Wishes;
        var records = MemoryMarshal.Cast<double, MicroBatchRecord>(fields[First..]);
        var microBatches = _plan.Shares[_group.Rank].All;
        for (var index = 0; index < microBatches.Count; index++) records[index] = All[microBatches[index]];
        foreach (var peer in _group.Peers)
        {
            _pending.Add(_group.Processes.Receive(_messages[peer], peer, Tag));
            _pending.Add(_group.Processes.Send(mine, peer, Tag));
        }
    }

    public void Finish(long step)
    {
        if (_group.Size == 1) return;
        PendingWork.WaitAll(_pending);
        foreach (var peer in _group.Peers)
        {
            Header(step, peer).Check(_messages[peer]);
            var fields = MemoryMarshal.Cast<byte, double>(_messages[peer].bytes);
            Wishes |= (StepWishes)(int)fields[WishesAt];
            var records = MemoryMarshal.Cast<double, MicroBatchRecord>(fields[First..]);
            var microBatches = _plan.Shares[peer].All;
            for (var index = 0; index < microBatches.Count; index++) All[microBatches[index]] = records[index];
        }
    }

    public void Dispose()
    {
        foreach (var work in _pending) work.Dispose();
        foreach (var message in _messages) message.Dispose();
    }

    private MessageHeader Header(long step, int sender) => new(_group.Generation, step, 0, MessagePhase.Records, sender);
}
