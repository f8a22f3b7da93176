using Inception.Distributed.Hosting;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;

namespace Inception.Distributed.Worker.Metrics;

/// <summary>
/// Tells starting from stuck by the training thread's progress, not the process's: at work, it must come from one activity to the next. Ready is a worker
/// that its coordinator can count on.
/// </summary>
internal sealed class WorkerHealth(WorkerOptions options, TrainingActivity activity, CoordinatorSession session) : IHealth
{
    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Check());

    private HealthReport Check()
    {
        var (kind, since, text) = activity.Read();
        var detail = $"{text}, for {HealthReport.Seconds(since)}";
        return kind switch
        {
            ActivityKind.Starting when !session.IsAttached => HealthReport.Starting($"looking for the coordinator at {options.Coordinator}"),
            ActivityKind.Starting => HealthReport.Starting(detail),
            ActivityKind.Working when since > options.StuckAfter => new HealthReport("stuck", IsAlive: false, IsReady: false, detail),
            _ when !session.IsAttached => new HealthReport("detached", IsAlive: true, IsReady: false, $"the coordinator at {options.Coordinator} is out of reach; {detail}"),
            ActivityKind.Waiting => new HealthReport("waiting", IsAlive: true, IsReady: true, detail),
            _ => new HealthReport("working", IsAlive: true, IsReady: true, detail),
        };
    }
}
