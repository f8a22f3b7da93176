using Grpc.Core;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Launch;

/// <summary>A coordinator and its local workers as children of this process, from start to end.</summary>
internal sealed class TrainRun(TrainOptions options, RunDisplay display, TimeProvider time) : IDisposable
{
    /// <summary>How long the workers may take to leave after the run has ended.</summary>
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(10);

    private readonly ChildLauncher _children = new();
    private readonly LocalWorkers _workers = new();
    private volatile RunStatus _status = new();

    // Completed, and replaced, with each new status.
    private volatile TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool IsFinal => _status.State is "finished" or "stopped" or "failed";

    private RunStatus? Last => IsFinal ? _status : null;

    /// <summary>Ends all children at once.</summary>
    public void Kill() => _children.KillAll();

    public void Dispose() => _children.Dispose();

    /// <param name="stop">Asks for a clean end: the step in flight, then a checkpoint.</param>
    public async Task<TrainOutcome> RunAsync(CancellationToken stop)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LogFile("coordinator"))!);
        var coordinator = await _children.StartAsync("coordinator", LogFile("coordinator"), options.CoordinatorArguments());
        if (await WaitUntilListeningAsync(coordinator, stop) is not { } address)
        {
            return stop.IsCancellationRequested
                ? new TrainOutcome(ExitCode.Stopped, ["stopped before the coordinator listened"])
                : await ExplainAsync(coordinator);
        }

        for (var k = 1; k <= options.Workers; k++)
        {
            _workers.Add(await _children.StartAsync($"worker {k}", LogFile($"worker-{k}"), TrainOptions.WorkerArguments(address, options.Insecure)));
        }
        using var client = new CoordinatorClient(address, new SecuritySettings { Insecure = options.Insecure });
        using var ended = new CancellationTokenSource();
        var watching = WatchAsync(client.Operator);
        var stopping = StopWhenAskedAsync(client.Operator, stop, ended.Token);
        var guarding = Task.WhenAll(_workers.All.Select(worker => GoOnWithoutAsync(worker, client.Operator, ended.Token)));

        await coordinator.Exited;
        await watching;
        await ended.CancelAsync();
        await Task.WhenAll(stopping, guarding);
        await LetWorkersLeaveAsync();
        return await ExplainAsync(coordinator);
    }

    private string LogFile(string name) => Path.Combine(options.Output.Directory, "logs", name + ".log");

    /// <summary>Null when the coordinator ended before it listened, or when a stop is asked for.</summary>
    private async Task<Uri?> WaitUntilListeningAsync(ChildProcess coordinator, CancellationToken stop)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var listening = CoordinatorFile.WaitAsync(options.Output.Directory, coordinator.Id, giveUp.Token);
        await Task.WhenAny(listening, coordinator.Exited);
        await giveUp.CancelAsync();
        try
        {
            return (await listening).Url;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    // The coordinator ends the stream after the run's last state; if it dies, the connection breaks.
    private async Task WatchAsync(Operator.OperatorClient client)
    {
        try
        {
            using var watch = client.Watch(new StatusRequest());
            await foreach (var status in watch.ResponseStream.ReadAllAsync())
            {
                _status = status;
                Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
                display.Show(status);
            }
        }
        catch (RpcException e)
        {
            if (!IsFinal) display.Say($"The coordinator is out of reach ({e.StatusCode}).");
        }
    }

    private async Task StopWhenAskedAsync(Operator.OperatorClient client, CancellationToken stop, CancellationToken ended)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ended);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stop.IsCancellationRequested || ended.IsCancellationRequested) return;
        display.Say("Stopping after the step in flight, with a checkpoint. Ctrl-C again stops at once.");
        await StopAsync(client, "the user asked for it.");
    }

    /// <summary>
    /// A worker that ends is not started again; the coordinator goes on with the others. It is told of one that ends before it has joined,
    /// and fails when nobody is left: neither a worker of this program nor one that joined from elsewhere.
    /// </summary>
    private async Task GoOnWithoutAsync(ChildProcess worker, Operator.OperatorClient client, CancellationToken ended)
    {
        try
        {
            var exitCode = await worker.Exited.WaitAsync(ended);
            // These say that the run is over, or that the worker has told the coordinator why it is.
            if (exitCode is ExitCode.Ok or ExitCode.Failed or ExitCode.UserError) await Task.Delay(LeaveTime / 5, time, ended);
            var left = _workers.Alive;
            if (left > 0)
            {
                display.Say($"{worker.Name} ended with exit code {exitCode}; the run goes on with {Format.Count(left, "local worker")}.");
                await AskAsync(client.ExpectAsync(new ExpectCommand { Workers = left }, cancellationToken: ended), "to expect fewer workers");
                return;
            }
            for (var change = _change.Task; _status.Workers.Count > 0; change = _change.Task) await change.WaitAsync(ended);
            await AskAsync(client.StopAsync(new StopCommand { Reason = $"No worker is left: {_workers.Ends}.", AsFailure = true }, cancellationToken: ended), "to end");
        }
        catch (OperationCanceledException)
        {
            // The run has ended first, as it should.
        }
    }

    private Task StopAsync(Operator.OperatorClient client, string reason) => AskAsync(client.StopAsync(new StopCommand { Reason = reason }), "to stop");

    private async Task AskAsync(AsyncUnaryCall<StatusRequest> call, string what)
    {
        try
        {
            await call;
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            display.Say($"The coordinator did not take the request {what} ({e.StatusCode}).");
        }
        catch (RpcException)
        {
            // The run has ended meanwhile.
        }
    }

    private async Task LetWorkersLeaveAsync()
    {
        try
        {
            await _workers.AllExited.WaitAsync(IsFinal ? LeaveTime : TimeSpan.Zero, time);
        }
        catch (TimeoutException)
        {
            Kill();
            await _workers.AllExited;
        }
    }

    private async Task<TrainOutcome> ExplainAsync(ChildProcess coordinator)
    {
        var exitCode = await coordinator.Exited;
        if (exitCode is ExitCode.Ok or ExitCode.Stopped && IsFinal) return new TrainOutcome(exitCode, [], Last);

        List<string> problems = IsFinal ? [.. _status.Reason.Split('\n').Select(line => $"error: {line.Trim()}")] : [.. await ExplainAsync(coordinator, exitCode)];
        foreach (var worker in _workers.All)
        {
            // Killed above, or told to leave: no more than that the run has failed.
            if (await worker.Exited is var code and not (ExitCode.Ok or ExitCode.Failed or ExitCode.UserError or 128 + NativeMethods.Sigkill))
                problems.AddRange(await ExplainAsync(worker, code));
        }
        return new TrainOutcome(exitCode is ExitCode.UserError or ExitCode.Halted ? exitCode : ExitCode.Failed, problems, Last);
    }

    /// <summary>A child's own messages, else its last lines.</summary>
    private static async Task<IReadOnlyList<string>> ExplainAsync(ChildProcess child, int exitCode)
    {
        const int tail = 20;
        var log = await child.ReadLogAsync();
        var errors = log.Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).ToList();
        if (errors.Count > 0 && exitCode is ExitCode.Failed or ExitCode.UserError) return errors;
        var headline = $"error: {child.Name} ended with exit code {exitCode}. The end of {child.LogFile}:";
        return [headline, .. log.TakeLast(tail).Select(line => "  " + line)];
    }
}
