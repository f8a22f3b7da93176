using System.Threading.Channels;

namespace Inception.Distributed.Coordinator.Evaluation;

/// <summary>
/// Blocks that wait to be evaluated. Each is done once: whoever takes one either completes it or gives it back. For any thread.
/// </summary>
internal sealed class BlockQueue
{
    private readonly Channel<int> _waiting = Channel.CreateUnbounded<int>();
    private readonly bool[] _done;
    private int _left;

    public BlockQueue(int blocks)
    {
        _done = new bool[blocks];
        _left = blocks;
        for (var block = 0; block < blocks; block++) _waiting.Writer.TryWrite(block);
    }

    /// <summary>The next block; waits while all of them are in other hands, from which one may come back.</summary>
    /// <returns>Null: all are done.</returns>
    public async ValueTask<int?> TakeAsync(CancellationToken cancellationToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_waiting.Reader.TryRead(out var block)) return block;
        }

        return null;
    }

    public void GiveBack(int block) => _waiting.Writer.TryWrite(block);

    public void Complete(int block)
    {
        lock (_done)
        {
            if (_done[block]) throw new InvalidOperationException($"block {block} is done twice");
            _done[block] = true;
            if (--_left == 0) _waiting.Writer.Complete();
        }
    }
}
