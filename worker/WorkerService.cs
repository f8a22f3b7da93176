using Grpc.Core;
using Inception.Distributed.Protocol;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker;

/// <summary>The worker's life: connects, lets the training thread do what the coordinator says, reports how it ended.</summary>
internal sealed class WorkerService(
    CoordinatorSession session, Trainer trainer, TrainingActivity activity, IHostApplicationLifetime lifetime, ILogger<WorkerService> log) : BackgroundService
{
    private const int Interrupted = 130;

    private readonly TaskCompletionSource<int> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The exit code, or the exception that ended the worker.</summary>
    public Task<int> Result => _result.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            _result.TrySetResult(await WorkAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _result.TrySetResult(Interrupted);
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
        var first = await session.ConnectAsync(stop);
        if (first.MessageCase == CoordinatorMessage.MessageOneofCase.Refused) throw new UserErrorException("coordinator", first.Refused.Reason);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var training = RunTrainingThread();
        trainer.Deliver(first);
        var reading = ReadAsync(ending.Token);
        var writing = session.WriteAllAsync(ending.Token);
        var beating = session.SendHeartbeatsAsync(TimeSpan.FromMilliseconds(first.Welcome.HeartbeatMilliseconds), Beat, ending.Token);

        var ended = await Task.WhenAny(training, reading);
        trainer.Close();
        try
        {
            await training;
        }
        catch (Exception exception) when (ended == training)
        {
            var user = exception as UserErrorException;
            session.Send(new WorkerMessage { Fatal = new Fatal { Reason = exception.Message, UserError = user is not null } });
            log.Failed(exception.Message);
            await FlushAsync(writing);
            throw;
        }
        finally
        {
            session.Complete();
        }

        await FlushAsync(writing);
        // Training ends without an exception on the coordinator's last message, which ends the reading too.
        var result = await reading;
        await ending.CancelAsync();
        await Quietly(beating);
        return result;
    }

    /// <summary>What is queued still goes out, but a coordinator that has gone does not keep the worker.</summary>
    private async Task FlushAsync(Task writing)
    {
        session.Complete();
        await Quietly(writing.WaitAsync(TimeSpan.FromSeconds(2)));
    }

    private async Task<int> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in session.ReadAllAsync(cancellationToken))
            {
                trainer.Deliver(message);
                switch (message.MessageCase)
                {
                    case CoordinatorMessage.MessageOneofCase.Refused:
                        throw new UserErrorException("coordinator", message.Refused.Reason);
                    case CoordinatorMessage.MessageOneofCase.Finished:
                        log.RunEnded(message.Finished.State, message.Finished.Reason);
                        return message.Finished.State == "failed" ? 1 : 0;
                }
            }

            log.Failed("the coordinator closed the session before the run had ended");
        }
        catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
        {
            log.Failed($"the coordinator is lost: {exception.Status.Detail}");
        }

        return 1;
    }

    private Heartbeat Beat() => new() { Generation = trainer.Generation, Step = trainer.Step, Activity = activity.ToString() };

    private Task RunTrainingThread()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                trainer.Run();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })
        { Name = "training", IsBackground = true };
        thread.Start();
        return done.Task;
    }

    private static async Task Quietly(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
