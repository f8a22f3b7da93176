using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Worker.Evaluation;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker;

/// <summary>The worker's life: connects, lets the thread of its work do what the coordinator says, reports how it ended.</summary>
internal sealed class WorkerService(
    WorkerOptions options, CoordinatorSession session, Outbox outbox, Trainer trainer, EvaluationWork evaluation, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WorkerService> log)
    : BackgroundService
{
    // As a shell would say of a process that SIGTERM has ended.
    private const int Terminated = 143;

    // For the thread of the work to come to its end once nobody wants anything of it any more.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<int> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The exit code, or the exception that ended the worker.</summary>
    public Task<int> Result => _result.Task;

    /// <summary>The thread of the work hangs, and with it whoever would dispose of what it uses.</summary>
    public bool IsHung { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            _result.TrySetResult(await WorkAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested || options.Leave.IsCancellationRequested)
        {
            _result.TrySetResult(Terminated);
        }
        catch (Exception exception)
        {
            _result.TrySetException(exception);
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private async Task<int> WorkAsync(CancellationToken stop)
    {
        using var connecting = CancellationTokenSource.CreateLinkedTokenSource(stop, options.Leave);
        var connection = await session.ConnectAsync(connecting.Token);
        if (connection.First.MessageCase != CoordinatorMessage.MessageOneofCase.Welcome) return Conclude(connection.First);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var leaving = options.Leave.UnsafeRegister(_ => Leave(ending), null);
        IWork work = connection.First.Welcome.Evaluation is null ? trainer : evaluation;
        var working = RunThread(work);
        work.Deliver(connection.First);
        var orphanTimeout = TimeSpan.FromSeconds(JobFile.Parse(connection.First.Welcome.JobYaml, "the coordinator's job").Workers.OrphanTimeout);
        var conversing = session.RunAsync(connection, work, orphanTimeout, ending.Token);

        if (await Task.WhenAny(working, conversing) == working && working.IsFaulted)
        {
            await ReportAsync(working.Exception.InnerException!, conversing);
            await ending.CancelAsync();
            await working;
        }

        // Otherwise the work ends with the coordinator's last word, which ends the conversation too.
        try
        {
            return await conversing is { } last ? Conclude(last) : 1;
        }
        finally
        {
            work.Close();
            await Task.WhenAny(working, Task.Delay(Farewell, time, CancellationToken.None));
            IsHung = !working.IsCompleted;
            if (IsHung) log.Hung(Farewell.TotalSeconds);
        }
    }

    private int Conclude(CoordinatorMessage last)
    {
        if (last.MessageCase == CoordinatorMessage.MessageOneofCase.Refused) throw new UserErrorException("coordinator", last.Refused.Reason);
        log.RunEnded(last.Finished.State, last.Finished.Reason);
        return last.Finished.State switch
        {
            "failed" => 1,
            "drained" => Terminated,
            _ => 0,
        };
    }

    /// <summary>Asks to be let go. The coordinator takes this worker out at the next step border; one that does not answer is not waited for.</summary>
    private void Leave(CancellationTokenSource ending)
    {
        log.Leaving(options.Grace.TotalSeconds);
        outbox.Send(new WorkerMessage { Leaving = new Leaving { Reason = "it was told to go" } });
        _ = LeaveInTimeAsync(ending.Token);

        async Task LeaveInTimeAsync(CancellationToken ended)
        {
            await Task.Delay(options.Grace, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested) return;
            log.GraceOver(options.Grace.TotalSeconds);
            await ending.CancelAsync();
        }
    }

    /// <summary>Tells the coordinator why this worker can't go on; one that has gone does not keep it.</summary>
    private async Task ReportAsync(Exception exception, Task conversing)
    {
        outbox.Send(new WorkerMessage { Fatal = new Fatal { Reason = exception.Message, UserError = exception is UserErrorException } });
        outbox.Complete();
        log.Failed(exception.Message);
        await conversing.WaitAsync(TimeSpan.FromSeconds(2), time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Task RunThread(IWork work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                work.Run();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })
        { Name = "work", IsBackground = true };
        thread.Start();
        return done.Task;
    }
}
