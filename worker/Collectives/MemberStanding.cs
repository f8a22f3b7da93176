using System.Runtime.InteropServices;
using Inception.Distributed.Reduction;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>What a member brings into a new generation.</summary>
/// <param name="HeldStep">Applied steps of its state; <see cref="None"/>: its state does not count.</param>
/// <param name="HoldingsStep">Applied steps before the step of which it has finished nodes; <see cref="None"/>: it has none.</param>
/// <param name="Nodes">Those nodes, ascending.</param>
internal sealed record MemberStanding(long HeldStep, long HoldingsStep, IReadOnlyList<TreeNode> Nodes)
{
    public const long None = -1;

    // Behind the header: the two steps, then for each micro-batch the length of the node that starts there, or 0.
    private const int HeldStepAt = MessageHeader.Length;
    private const int HoldingsStepAt = HeldStepAt + 1;
    private const int First = HoldingsStepAt + 1;

    /// <summary>Tells every member the standing of every other; all get the same list, by rank.</summary>
    /// <exception cref="PeerLostException">A peer's connection broke.</exception>
    /// <exception cref="ProtocolViolationException">A message was not the one that was due.</exception>
    public static IReadOnlyList<MemberStanding> Exchange(WorkerGroup group, MemberStanding mine, int microBatches)
    {
        using var scope = NewDisposeScope();
        var messages = Enumerable.Range(0, group.Size).Select(_ => zeros([First + microBatches], float64)).ToArray();
        mine.WriteTo(messages[group.Rank], Header(group, group.Rank));
        var pending = new List<Work>();
        foreach (var peer in group.Peers)
        {
            pending.Add(group.Processes.Receive(messages[peer], peer, WorkerGroup.FormingTag));
            pending.Add(group.Processes.Send(messages[group.Rank], peer, WorkerGroup.FormingTag));
        }

        PendingWork.WaitAll(pending);
        return [.. messages.Select((message, rank) => rank == group.Rank ? mine : Read(message, Header(group, rank)))];
    }

    private static MessageHeader Header(WorkerGroup group, int sender) => new(group.Generation, 0, 0, MessagePhase.Standing, sender);

    private void WriteTo(Tensor message, MessageHeader header)
    {
        header.WriteTo(message);
        var fields = MemoryMarshal.Cast<byte, double>(message.bytes);
        fields[HeldStepAt] = HeldStep;
        fields[HoldingsStepAt] = HoldingsStep;
        foreach (var node in Nodes) fields[First + node.Start] = node.Length;
    }

    private static MemberStanding Read(Tensor message, MessageHeader header)
    {
        header.Check(message);
        var fields = MemoryMarshal.Cast<byte, double>(message.bytes);
        var nodes = new List<TreeNode>();
        for (var start = 0; start < fields.Length - First; start++)
        {
            if (fields[First + start] is > 0 and var length) nodes.Add(new TreeNode(start, start + (int)length));
        }

        return new MemberStanding((long)fields[HeldStepAt], (long)fields[HoldingsStepAt], nodes);
    }
}
