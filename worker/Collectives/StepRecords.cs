using System.Runtime.InteropServices;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>What every rank must know of one micro-batch to report the step and to decide on it alike.</summary>
[StructLayout(LayoutKind.Sequential)]
/// <param name="Corrupt">How many of its samples could not be decoded; others are in their places.</param>
internal readonly record struct MicroBatchRecord(double Loss, double MainLoss, double AuxiliaryLoss, double Corrupt = 0);

/// <summary>
/// Brings every micro-batch's losses and corrupt samples and every rank's wish to stop to all ranks, once a step, as fp64. So the losses are summed
/// in micro-batch order, and a non-finite loss or a stop is decided alike on all ranks after the same step.
/// </summary>
internal sealed class StepRecords : IDisposable
{
    // Behind the header: the flag, then four numbers a micro-batch.
    private const int Flag = MessageHeader.Length;
    private const int First = Flag + 1;
    private const int Fields = 4;
    private const int Tag = 0;

    private readonly WorkerGroup _group;
    private readonly Tensor[] _messages;
    private readonly List<Work> _pending = [];

    public StepRecords(WorkerGroup group, int microBatches)
    {
        _group = group;
        All = new MicroBatchRecord[microBatches];
        _messages = [.. group.Ranges.Select(range => zeros([First + Fields * range.Count], float64).DetachFromDisposeScope())];
    }

    /// <summary>By micro-batch; this rank's are set by the training thread, the others' arrive with <see cref="Finish"/>.</summary>
    public MicroBatchRecord[] All { get; }

    /// <summary>Set before <see cref="Start"/>: this rank wants to stop after this step. After <see cref="Finish"/>: some rank does.</summary>
    public bool Stop { get; set; }

    public void Start(long step)
    {
        if (_group.Size == 1) return;
        var mine = _messages[_group.Rank];
        Header(step, _group.Rank).WriteTo(mine);
        var fields = MemoryMarshal.Cast<byte, double>(mine.bytes);
        fields[Flag] = Stop ? 1 : 0;
        var records = All.AsSpan(_group.Range.First, _group.Range.Count);
        MemoryMarshal.Cast<MicroBatchRecord, double>(records).CopyTo(fields[First..]);
        foreach (var peer in Peers())
        {
            _pending.Add(_group.Processes.Receive(_messages[peer], peer, Tag));
            _pending.Add(_group.Processes.Send(mine, peer, Tag));
        }
    }

    public void Finish(long step)
    {
        if (_group.Size == 1) return;
        PendingWork.WaitAll(_pending);
        foreach (var peer in Peers())
        {
            Header(step, peer).Check(_messages[peer]);
            var fields = MemoryMarshal.Cast<byte, double>(_messages[peer].bytes);
            Stop |= fields[Flag] != 0;
            var range = _group.Ranges[peer];
            MemoryMarshal.Cast<double, MicroBatchRecord>(fields[First..]).CopyTo(All.AsSpan(range.First, range.Count));
        }
    }

    public void Dispose()
    {
        foreach (var work in _pending) work.Dispose();
        foreach (var message in _messages) message.Dispose();
    }

    private IEnumerable<int> Peers() => Enumerable.Range(0, _group.Size).Where(rank => rank != _group.Rank);

    private MessageHeader Header(long step, int sender) => new(_group.Generation, step, 0, MessagePhase.Records, sender);
}
