using System.Threading.Channels;
using Grpc.Core;
using Inception.Distributed.Coordinator.Sessions;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Evaluation;

/// <summary>One worker's session in an evaluation. Disposed when it ends; a worker that reattaches gets a new one.</summary>
/// <param name="received">The last numbered message of the worker that has arrived; told of each further one.</param>
internal sealed class EvaluationWorker(string name, Session session, EvaluationRun run, Received received) : IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<EvaluationBlock> _reports = Channel.CreateUnbounded<EvaluationBlock>();
    private Task _feeding = Task.CompletedTask;
    private bool _hasJoined;

    public Session Session { get; } = session;

    /// <summary>Each message in order.</summary>
    public void Receive(WorkerMessage message)
    {
        if (message.Sequence > 0 && !received.TryAdvance(message.Sequence)) return;
        switch (message.MessageCase)
        {
            case WorkerMessage.MessageOneofCase.Heartbeat:
                Session.Send(new CoordinatorMessage { Acknowledgement = new Acknowledgement { Sequence = received.Last } });
                break;
            case WorkerMessage.MessageOneofCase.Fingerprint:
                Join(message.Fingerprint);
                break;
            case WorkerMessage.MessageOneofCase.EvaluationReport:
                foreach (var block in message.EvaluationReport.Blocks) _reports.Writer.TryWrite(block);
                break;
            case WorkerMessage.MessageOneofCase.Leaving:
                _leaving.Cancel();
                if (!_hasJoined) SayGoodbye();
                break;
            case WorkerMessage.MessageOneofCase.Fatal when message.Fatal.UserError:
                run.Blame(name, _hasJoined, Problems(message.Fatal.Reason));
                break;
            case WorkerMessage.MessageOneofCase.Fatal:
                break; // It ends now; what it had in hand goes to another.
            default:
                throw new RpcException(new Status(StatusCode.InvalidArgument, $"{message.MessageCase} is not due"));
        }
    }

    /// <summary>The worker has opened the checkpoints and the images: from now on it gets blocks.</summary>
    public void Join(Fingerprint fingerprint)
    {
        if (_hasJoined) return;
        var (queue, refusal) = run.Join(fingerprint);
        if (queue is null)
        {
            Session.Send(new CoordinatorMessage { Refused = new Refused { Reason = refusal! } });
            return;
        }

        _hasJoined = true;
        _feeding = FeedAsync(queue);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
        _leaving.Dispose();
    }

    private async Task FeedAsync(BlockQueue queue)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_leaving.Token, _ended.Token);
        try
        {
            while (await queue.TakeAsync(either.Token) is { } block) await EvaluateAsync(queue, block);
            Session.Send(new CoordinatorMessage { Finished = new Finished { State = "finished", Reason = "All images are evaluated." } });
        }
        catch (OperationCanceledException)
        {
            if (_leaving.IsCancellationRequested) SayGoodbye();
        }
        catch (Exception broken)
        {
            run.Fail(broken);
        }
        finally
        {
            run.Leave();
        }
    }

    private async Task EvaluateAsync(BlockQueue queue, int index)
    {
        Session.Send(new CoordinatorMessage { Order = new Order { OrderId = index, EvaluateBlock = new EvaluateBlockOrder { Index = index } } });
        try
        {
            // A worker that has reattached may first report the block of its session before, which has gone back into the queue.
            var block = await _reports.Reader.ReadAsync(_ended.Token);
            while (block.Index != index) block = await _reports.Reader.ReadAsync(_ended.Token);
            run.Add(name, block);
        }
        catch
        {
            queue.GiveBack(index);
            throw;
        }
    }

    private void SayGoodbye() => Session.Send(new CoordinatorMessage { Finished = new Finished { State = "drained", Reason = "The worker was told to go." } });

    // One a line, as the exception's message has them.
    private static List<Problem> Problems(string reason) =>
    [
        .. reason.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(": ", 2) is [var where, var message] ? new Problem(where, message) : new Problem("worker", line)),
    ];
}

/// <summary>How far a worker's numbered messages have arrived, over all its sessions. For any thread.</summary>
internal sealed class Received
{
    private readonly Lock _gate = new();
    private long _last;

    public long Last => Volatile.Read(ref _last);

    /// <returns>False: the message has come before.</returns>
    public bool TryAdvance(long sequence)
    {
        lock (_gate)
        {
            if (sequence <= _last) return false;
            _last = sequence;
            return true;
        }
    }
}
