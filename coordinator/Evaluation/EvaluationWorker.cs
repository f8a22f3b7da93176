using System.Threading.Channels;
using Grpc.Core;
using Inception.Distributed.Coordinator.Sessions;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Evaluation;

/// <summary>One worker of an evaluation, from its fingerprint on. Disposed when its session ends.</summary>
internal sealed class EvaluationWorker(string name, Session session, EvaluationRun run) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<EvaluationBlock> _reports = Channel.CreateUnbounded<EvaluationBlock>();
    private Task _feeding = Task.CompletedTask;
    private bool _hasJoined;

    public Session Session { get; } = session;

    /// <summary>Each message in order.</summary>
    public void Receive(WorkerMessage message)
    {
        switch (message.MessageCase)
        {
            case WorkerMessage.MessageOneofCase.Heartbeat:
                break;
            case WorkerMessage.MessageOneofCase.Fingerprint:
                Join(message.Fingerprint);
                break;
            case WorkerMessage.MessageOneofCase.EvaluationReport:
                foreach (var block in message.EvaluationReport.Blocks) _reports.Writer.TryWrite(block);
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

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
    }

    private void Join(Fingerprint fingerprint)
    {
        var (queue, refusal) = run.Join(fingerprint);
        if (queue is null) Session.Send(new CoordinatorMessage { Refused = new Refused { Reason = refusal! } });
        if (queue is null) return;
        _hasJoined = true;
        _feeding = FeedAsync(queue);
    }

    private async Task FeedAsync(BlockQueue queue)
    {
        try
        {
            while (await queue.TakeAsync(_ended.Token) is { } block) await EvaluateAsync(queue, block);
            Session.Send(new CoordinatorMessage { Finished = new Finished { State = "finished", Reason = "All images are evaluated." } });
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
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
            var block = await _reports.Reader.ReadAsync(_ended.Token);
            if (block.Index != index) throw new InvalidOperationException($"block {index} was ordered, block {block.Index} was reported");
            run.Add(Session.Id.Value, block);
        }
        catch
        {
            queue.GiveBack(index);
            throw;
        }
    }

    // One a line, as the exception's message has them.
    private static List<Problem> Problems(string reason) =>
    [
        .. reason.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(": ", 2) is [var where, var message] ? new Problem(where, message) : new Problem("worker", line)),
    ];
}
