using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Collectives;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>
/// Hands the training state from one member of a forming generation to others: every arena in turn, in chunks that each say what they
/// are. Two chunks are under way at a time.
/// </summary>
internal sealed class StateTransfer : IDisposable
{
    // Large enough for the connection's full speed, small enough to be nothing beside the state.
    private const int ChunkElements = 1 << 20;
    private const int Depth = 2;

    private readonly WorkerGroup _group;
    private readonly TrainingArenas _arenas;
    private readonly long _step;
    private readonly Tensor[] _stages;
    private readonly List<Work>[] _pending;

    /// <param name="step">Applied steps of the state.</param>
    public StateTransfer(WorkerGroup group, TrainingArenas arenas, long step)
    {
        _group = group;
        _arenas = arenas;
        _step = step;
        var like = arenas[ArenaKind.Parameters];
        _stages = [.. Enumerable.Range(0, Depth).Select(_ => zeros([MessageHeader.Length + ChunkElements], like.dtype, like.device).DetachFromDisposeScope())];
        _pending = [.. _stages.Select(_ => new List<Work>())];
    }

    private readonly record struct Chunk(int Index, Tensor Arena, long Offset, int Length);

    /// <summary>Blocks until the receivers have everything.</summary>
    public void Send(IReadOnlyList<int> receivers)
    {
        using var scope = NewDisposeScope();
        foreach (var chunk in Chunks())
        {
            var slot = chunk.Index % Depth;
            PendingWork.WaitAll(_pending[slot]);
            var message = MessageIn(slot, chunk);
            Header(chunk, _group.Rank).WriteTo(message, _arenas.Corrupt);
            FixedOrderSum.Copy(message, MessageHeader.Length, chunk.Arena, chunk.Offset, chunk.Length);
            _pending[slot].AddRange(receivers.Select(receiver => _group.Processes.Send(message, receiver, WorkerGroup.FormingTag)));
        }

        foreach (var pending in _pending) PendingWork.WaitAll(pending);
    }

    /// <summary>Overwrites the arenas; on an exception they hold a mixture that is of no use.</summary>
    public void Receive(int source)
    {
        using var scope = NewDisposeScope();
        var chunks = Chunks().ToList();
        foreach (var chunk in chunks.Take(Depth)) Post(chunk);
        foreach (var chunk in chunks)
        {
            var slot = chunk.Index % Depth;
            PendingWork.WaitAll(_pending[slot]);
            var message = MessageIn(slot, chunk);
            _arenas.Corrupt = Header(chunk, source).Check(message);
            FixedOrderSum.Copy(chunk.Arena, chunk.Offset, message, MessageHeader.Length, chunk.Length);
            if (chunk.Index + Depth < chunks.Count) Post(chunks[chunk.Index + Depth]);
        }

        _arenas.Step = _step;

        void Post(Chunk chunk) => _pending[chunk.Index % Depth].Add(
            _group.Processes.Receive(MessageIn(chunk.Index % Depth, chunk), source, WorkerGroup.FormingTag));
    }

    public void Dispose()
    {
        foreach (var work in _pending.SelectMany(works => works)) work.Dispose();
        foreach (var stage in _stages) stage.Dispose();
    }

    private IEnumerable<Chunk> Chunks()
    {
        var index = 0;
        foreach (var arena in _arenas.All.Values)
        {
            for (var offset = 0L; offset < arena.NumberOfElements; offset += ChunkElements)
                yield return new Chunk(index++, arena, offset, (int)Math.Min(ChunkElements, arena.NumberOfElements - offset));
        }
    }

    private Tensor MessageIn(int slot, Chunk chunk) => _stages[slot].narrow(0, 0, MessageHeader.Length + chunk.Length);

    private MessageHeader Header(Chunk chunk, int sender) => new(_group.Generation, _step, chunk.Index, MessagePhase.State, sender);
}
