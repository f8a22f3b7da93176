using System.Net.Sockets;
using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Metrics;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Session;

/// <summary>The training side, as the session sees it. Called from the session's tasks.</summary>
internal interface ISessionPeer
{
    void Deliver(CoordinatorMessage message);

    Heartbeat Beat();

    /// <summary>What a coordinator that is found again must know, but for the session's own part.</summary>
    Standing Standing { get; }
}

/// <summary>
/// The worker's session with its coordinator, over one connection after another: a coordinator that goes and comes back is found
/// again, and goes on behind the last message that it has. A stale one is turned away.
/// </summary>
internal sealed class CoordinatorSession(WorkerOptions options, GrpcChannel channel, Outbox outbox, WorkerMetrics metrics, TimeProvider time, ILogger<CoordinatorSession> log)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    private string? _host = options.Address;
    private Welcome? _welcome;
    private volatile bool _isAttached;

    /// <summary>A connection stands. For any thread.</summary>
    public bool IsAttached => _isAttached;

    /// <summary>This process's alone, also where a container that was started anew has its host's name and process id.</summary>
    public string WorkerId { get; } = $"{Environment.MachineName}-{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";

    /// <summary>Says hello for the first time; a coordinator that does not answer yet is tried again with growing delays.</summary>
    /// <returns>The connection whose first message is Welcome, Refused or Finished.</returns>
    /// <exception cref="UserErrorException">No coordinator answered within <see cref="WorkerOptions.ConnectTimeout"/>.</exception>
    public async Task<CoordinatorConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var (connection, reason) = await AttachAsync(null, options.ConnectTimeout, cancellationToken);
        return connection ?? throw new UserErrorException("--coordinator",
            $"no coordinator answers at {options.Coordinator} ({reason}); gave up after {options.ConnectTimeout.TotalSeconds:0} s. Start one with 'inception coordinator JOB.yaml --listen ADDRESS', or correct the URL.");
    }

    /// <summary>Carries messages both ways until the coordinator's last word, over as many connections as that takes.</summary>
    /// <param name="connection">The first one; belongs to the session from now on.</param>
    /// <param name="orphanTimeout">How long a coordinator that is gone is looked for.</param>
    /// <returns>Refused or Finished; null: the coordinator is lost for good.</returns>
    public async Task<CoordinatorMessage?> RunAsync(CoordinatorConnection connection, ISessionPeer peer, TimeSpan orphanTimeout, CancellationToken cancellationToken)
    {
        while (true)
        {
            string reason;
            using (connection)
            {
                if (IsLastWord(connection.First)) return connection.First;
                outbox.ResumeAfter(connection.First.Welcome.LastSequence);
                (var last, reason) = await ConverseAsync(connection, peer, cancellationToken);
                if (last is not null || outbox.IsComplete) return last;
            }

            _isAttached = false;
            log.CoordinatorLost(reason, orphanTimeout.TotalSeconds);
            (var next, reason) = await AttachAsync(peer.Standing, orphanTimeout, cancellationToken);
            if (next is null)
            {
                log.Failed($"the coordinator is lost ({reason}), and did not come back to {options.Coordinator} within {orphanTimeout.TotalSeconds:0.#} s");
                return null;
            }

            connection = next;
        }
    }

    private static bool IsLastWord(CoordinatorMessage message) =>
        message.MessageCase is CoordinatorMessage.MessageOneofCase.Refused or CoordinatorMessage.MessageOneofCase.Finished;

    /// <summary>One connection's worth of messages.</summary>
    private async Task<(CoordinatorMessage? Last, string Reason)> ConverseAsync(CoordinatorConnection connection, ISessionPeer peer, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(connection, peer, ending.Token);
        var writing = connection.WriteAllAsync(outbox, ending.Token);
        var beating = BeatAsync(TimeSpan.FromMilliseconds(connection.First.Welcome.HeartbeatMilliseconds), peer, ending.Token);
        try
        {
            // Writing ends by itself after Fatal; the coordinator's answer to that is the end of the stream.
            if (await Task.WhenAny(reading, writing) == writing && !writing.IsCompletedSuccessfully) await writing;
            return await reading is { } last ? (last, "") : (null, "it closed the session before the run had ended");
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException or IOException && !cancellationToken.IsCancellationRequested)
        {
            return (null, exception is RpcException rpc ? CoordinatorConnection.Describe(rpc) : exception.Message);
        }
        finally
        {
            await ending.CancelAsync();
            connection.Dispose();
            foreach (var task in new[] { reading, writing, beating }) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<CoordinatorMessage?> ReadAsync(CoordinatorConnection connection, ISessionPeer peer, CancellationToken cancellationToken)
    {
        await foreach (var message in connection.ReadAllAsync(cancellationToken))
        {
            if (message.MessageCase == CoordinatorMessage.MessageOneofCase.Acknowledgement) outbox.Acknowledge(message.Acknowledgement.Sequence);
            else peer.Deliver(message);
            if (IsLastWord(message)) return message;
        }

        return null;
    }

    private async Task BeatAsync(TimeSpan interval, ISessionPeer peer, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        do outbox.Beat(peer.Beat());
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task<(CoordinatorConnection? Connection, string Reason)> AttachAsync(Standing? standing, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var random = KeyedRandom.From(Purpose.Order, Keyed.HashText(WorkerId));
        for (var delay = FirstDelay; ; delay = TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, delay.Ticks * 2)))
        {
            string reason;
            try
            {
                // Not before: the coordinator's name may not be known yet.
                _host ??= CoordinatorConnection.LocalAddressTowards(options.Coordinator);
                var connection = await CoordinatorConnection.OpenAsync(channel, Hello(standing), AnswerTime, time, cancellationToken);
                if (Fault(connection.First) is not { } fault)
                {
                    log.Connected(options.Coordinator, WorkerId);
                    metrics.Connected();
                    _isAttached = true;
                    return (connection, "");
                }

                connection.Dispose();
                reason = fault;
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.Internal && !cancellationToken.IsCancellationRequested)
            {
                reason = CoordinatorConnection.Describe(exception);
                // Nobody mends it by waiting; once in, a worker may outlive a mistake in a rotation.
                if (standing is null && RpcFault.Innermost(exception) is PeerRefusedException) throw new UserErrorException("--coordinator", reason);
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied)
            {
                reason = exception.Status.Detail;
                if (standing is null) throw new UserErrorException(exception.StatusCode == StatusCode.Unauthenticated ? "--token-file" : "--certs", reason);
            }
            catch (SocketException exception)
            {
                reason = exception.Message;
            }

            if (time.GetElapsedTime(started) + delay > patience) return (null, reason);

            // Jitter, so that a thousand workers do not come back in the same millisecond.
            var jittered = delay * (0.5 + random.NextDouble() / 2);
            log.Retrying(options.Coordinator, reason, jittered.TotalSeconds);
            await Task.Delay(jittered, time, cancellationToken);
        }
    }

    /// <summary>Why a coordinator is not the one to follow; null: it is.</summary>
    private string? Fault(CoordinatorMessage first)
    {
        if (first.MessageCase != CoordinatorMessage.MessageOneofCase.Welcome) return null;
        var welcome = first.Welcome;
        if (_welcome is { } known && welcome.RunId != known.RunId) return $"it runs {welcome.RunId}, this worker belongs to {known.RunId}";
        if (_welcome is { } newer && welcome.Epoch < newer.Epoch) return $"it is stale: its epoch is {welcome.Epoch}, {newer.Epoch} has been seen";
        _welcome = welcome;
        return null;
    }

    private Hello Hello(Standing? standing) => new()
    {
        WorkerId = WorkerId,
        Host = _host!,
        ProcessId = Environment.ProcessId,
        Device = options.Device,
        ProgramVersion = typeof(CoordinatorSession).Assembly.GetName().Version?.ToString(3) ?? "",
        Standing = Completed(standing),
    };

    private Standing? Completed(Standing? standing)
    {
        if (standing is null || _welcome is null) return null;
        (standing.RunId, standing.Epoch) = (_welcome.RunId, _welcome.Epoch);
        return standing;
    }
}
