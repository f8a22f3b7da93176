using System.Threading.Channels;
using Grpc.Core;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Sessions;

/// <summary>One worker's open stream: what is to be sent, what was heard last, and how it ended.</summary>
internal sealed class Session(SessionId id, TimeProvider time)
{
    // After the last message the worker has this long to close its side.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly Channel<CoordinatorMessage> _outbox =
        Channel.CreateUnbounded<CoordinatorMessage>(new UnboundedChannelOptions { SingleReader = true });

    private readonly TaskCompletionSource _superseded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _assigned;
    private volatile Pulse _pulse = new(time.GetTimestamp(), 0, "");

    public SessionId Id { get; } = id;

    /// <summary>The newest generation that the worker was made a member of; 0: none. What it says of a newer one is not its own.</summary>
    public long Assigned => Volatile.Read(ref _assigned);

    /// <param name="generation">Of an earlier session.</param>
    public void GoOnFrom(long generation) => Volatile.Write(ref _assigned, generation);

    /// <summary>What the worker said last of itself.</summary>
    public Pulse Pulse => _pulse;

    public TimeSpan SinceSignOfLife => time.GetElapsedTime(_pulse.Timestamp);

    /// <summary>From any thread; never blocks. Refused and Finished end the session once they are written.</summary>
    public void Send(CoordinatorMessage message)
    {
        if (message.MessageCase == CoordinatorMessage.MessageOneofCase.Assignment) Volatile.Write(ref _assigned, message.Assignment.Generation);
        _outbox.Writer.TryWrite(message);
        if (message.MessageCase is CoordinatorMessage.MessageOneofCase.Refused or CoordinatorMessage.MessageOneofCase.Finished)
            _outbox.Writer.TryComplete();
    }

    /// <summary>The worker has a newer session, or will have one with the next process: this one ends, and its end means nothing.</summary>
    public void Supersede() => _superseded.TrySetResult();

    /// <summary>Carries messages both ways until the session ends.</summary>
    /// <param name="receive">Takes each message in order.</param>
    /// <param name="silence">A worker that sends nothing for this long counts as lost.</param>
    /// <returns>How it ended, as a clause; null when that means nothing: the coordinator had said its last word, or the worker has a newer session.</returns>
    public async Task<string?> RunAsync(
        IAsyncStreamReader<WorkerMessage> reader, IServerStreamWriter<CoordinatorMessage> writer,
        Action<WorkerMessage> receive, TimeSpan silence, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = time.CreateTimer(_ => silent.TrySetResult(), null, silence, Timeout.InfiniteTimeSpan);

        var writing = WriteAsync(writer, ending.Token);
        var reading = ReadAsync(reader, message =>
        {
            timer.Change(silence, Timeout.InfiniteTimeSpan);
            _pulse = _pulse.After(message, time.GetTimestamp());
            receive(message);
        }, ending.Token);

        var first = await Task.WhenAny(writing, reading, silent.Task, _superseded.Task);
        if (first == writing && writing.IsCompletedSuccessfully)
        {
            await reading.WaitAsync(Farewell, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ending.CancelAsync();
            return null;
        }
        await ending.CancelAsync();
        if (first == _superseded.Task) return null;
        if (first == silent.Task) return FormattableString.Invariant($"no sign of life for {silence.TotalSeconds:0.#} s");
        try
        {
            await first;
            return "it closed its session";
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return "its connection broke";
        }
    }

    private async Task WriteAsync(IServerStreamWriter<CoordinatorMessage> writer, CancellationToken cancellationToken)
    {
        await foreach (var message in _outbox.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await writer.WriteAsync(message, cancellationToken);
            }
            catch (InvalidOperationException error)
            {
                throw new IOException("The call has ended.", error); // The library's word for it.
            }
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<WorkerMessage> reader, Action<WorkerMessage> receive, CancellationToken cancellationToken)
    {
        var pace = new Pace(time);
        await foreach (var message in reader.ReadAllAsync(cancellationToken))
        {
            await pace.NextAsync(cancellationToken);
            receive(message);
        }
    }
}

/// <param name="Timestamp">Of the last message, by the session's clock.</param>
/// <param name="Step">Applied steps.</param>
internal sealed record Pulse(long Timestamp, long Step, string Activity)
{
    public Pulse After(WorkerMessage message, long timestamp) => message.MessageCase switch
    {
        WorkerMessage.MessageOneofCase.Heartbeat => new Pulse(timestamp, message.Heartbeat.Step, message.Heartbeat.Activity),
        WorkerMessage.MessageOneofCase.StepReport => this with { Timestamp = timestamp, Step = message.StepReport.Step },
        _ => this with { Timestamp = timestamp },
    };
}
