using Grpc.Net.Client;
using Inception.Distributed.Hosting;
using Inception.Distributed.Worker.Metrics;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inception.Distributed.Worker.Tests.Metrics;

public sealed class WorkerHealthTests : IDisposable
{
    private static readonly WorkerOptions Options = new() { Coordinator = new Uri("http://127.0.0.1:1"), StuckAfter = TimeSpan.FromSeconds(60) };
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(Options.Coordinator);
    private readonly WorkerMetrics _metrics = new();
    private readonly SteppedTime _time = new();
    private readonly TrainingActivity _activity;
    private readonly WorkerHealth _health;

    public WorkerHealthTests()
    {
        _activity = new TrainingActivity(_time);
        _health = new WorkerHealth(Options, _activity,
            new CoordinatorSession(Options, _channel, new Outbox(), _metrics, _time, NullLogger<CoordinatorSession>.Instance));
    }

    public void Dispose()
    {
        _channel.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void Starting_HoweverLong_IsAliveAndNotReady()
    {
        _activity.Start("loading the job");
        _time.Advance(3600);
        (Report.State, Report.IsAlive, Report.IsReady).ShouldBe(("starting", true, false));
    }

    [Fact]
    public void Working_WithoutProgress_IsStuckOnceTheTimeIsOver()
    {
        _activity.Set(Phase.Backward, step: 119, microBatch: 3);
        _time.Advance(60);
        Report.IsAlive.ShouldBeTrue();
        _time.Advance(1);
        (Report.State, Report.IsAlive, Report.Detail).ShouldBe(("stuck", false, "backward of micro-batch 3 of step 120, for 61 s"));

        _activity.Set(Phase.Forward, step: 119, microBatch: 4);
        Report.IsAlive.ShouldBeTrue("it came on");
    }

    [Fact]
    public void WaitingForTheCoordinator_IsNeverStuck()
    {
        _activity.Wait("waiting for a generation");
        _time.Advance(3600);
        (Report.State, Report.IsAlive, Report.IsReady).ShouldBe(("detached", true, false), "no connection stands");
    }

    private HealthReport Report => _health.CheckAsync(CancellationToken.None).AsTask().Result;

    private sealed class SteppedTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public void Advance(long seconds) => _seconds += seconds;

        public override long GetTimestamp() => _seconds;
    }
}
