using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Coordinator.Tests.Machine;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Sessions;

/// <summary>A worker without arithmetic, over the real protocol: trains at once, its loss is its step.</summary>
internal sealed class FakeWorker : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<WorkerMessage, CoordinatorMessage> _call;
    private Assignment _assignment = new();
    private long _step;

    private FakeWorker(GrpcChannel channel, AsyncDuplexStreamingCall<WorkerMessage, CoordinatorMessage> call) => (_channel, _call) = (channel, call);

    public List<CoordinatorMessage> Received { get; } = [];

    /// <summary>Called before a message is answered; false: it stays unanswered.</summary>
    public Func<CoordinatorMessage, Task<bool>> Before { get; set; } = _ => Task.FromResult(true);

    /// <summary>Called before each step; false: the ranks agree to stop there.</summary>
    public Func<long, Task<bool>> BeforeStep { get; set; } = _ => Task.FromResult(true);

    /// <summary>The step of a member that holds the state.</summary>
    public Func<long> TakeStep { get; set; } = () => throw new InvalidOperationException("nobody to take the state from");

    /// <summary>True: the order is not completed, since a peer is missing.</summary>
    public Func<bool> SkipsCompletion { get; set; } = () => false;

    /// <summary>Writes a checkpoint; null: pretends to.</summary>
    public Action<string, long>? WriteCheckpoint { get; set; }

    /// <summary>Applied steps.</summary>
    public long AppliedSteps => Volatile.Read(ref _step);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<FakeWorker> ConnectAsync(Uri coordinator, string id, Standing? standing = null)
    {
        var channel = GrpcChannel.ForAddress(coordinator);
        var call = new WorkerSession.WorkerSessionClient(channel).Open(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(
            new WorkerMessage { Hello = new Hello { WorkerId = id, Host = "127.0.0.1", Device = "cpu", ProcessId = 1, Standing = standing } }, Cancel);
        return new FakeWorker(channel, call);
    }

    /// <summary>Until the coordinator has said its last word, which is returned.</summary>
    public async Task<CoordinatorMessage> RunAsync()
    {
        await foreach (var message in _call.ResponseStream.ReadAllAsync(Cancel))
        {
            Received.Add(message);
            if (await Before(message)) await AnswerAsync(message);
            if (message.Finished is null && message.Refused is null) continue;
            await _call.RequestStream.CompleteAsync();
        }
        return Received[^1];
    }

    /// <summary>As an earlier session of the same worker left off.</summary>
    public void GoOn(FakeWorker earlier) => (_assignment, _step) = (earlier._assignment, earlier._step);

    public Task SendAsync(WorkerMessage message) => _call.RequestStream.WriteAsync(message, Cancel);

    /// <summary>As if the process had died.</summary>
    public void Dispose()
    {
        _call.Dispose();
        _channel.Dispose();
    }

    private async Task AnswerAsync(CoordinatorMessage message)
    {
        switch (message.MessageCase)
        {
            case CoordinatorMessage.MessageOneofCase.Welcome:
                await SendAsync(new WorkerMessage { Fingerprint = new Fingerprint { TrainSamples = TestJobs.TrainSamples, ValidationSamples = TestJobs.ValidationSamples } });
                break;
            case CoordinatorMessage.MessageOneofCase.Assignment:
                _assignment = message.Assignment;
                await FormAsync();
                break;
            case CoordinatorMessage.MessageOneofCase.Order:
                await CarryAsync(message.Order);
                break;
        }
    }

    // Nothing is transferred: workers tell each other their step through the test.
    private Task FormAsync()
    {
        var isHeld = _assignment.Members.Any(member => member.HoldsState);
        if (!isHeld) _step = _assignment.Start.Step;
        else if (!_assignment.Members[_assignment.Rank].HoldsState) _step = TakeStep();
        return SendAsync(new WorkerMessage
        {
            Formed = new Formed { Generation = _assignment.Generation, Step = _step, StateSha256 = "5ta7e", SourceRank = isHeld ? 0 : -1 },
        });
    }

    private async Task CarryAsync(Order order)
    {
        var completed = new OrderCompleted { Generation = order.Generation, OrderId = order.OrderId };
        switch (order.WhatCase)
        {
            case Order.WhatOneofCase.Train:
                while (_step < order.Train.UntilStep && await BeforeStep(_step + 1))
                    await SendAsync(new WorkerMessage { StepReport = Step(order.Generation, ++_step) });
                break;
            case Order.WhatOneofCase.Evaluate:
                await SendAsync(new WorkerMessage { EvaluationReport = Evaluate(order.Generation) });
                break;
            case Order.WhatOneofCase.Checkpoint when _assignment.Rank == 0:
                WriteCheckpoint?.Invoke(order.Checkpoint.Directory, _step);
                await SendAsync(new WorkerMessage
                {
                    CheckpointReport = new CheckpointReport { Generation = order.Generation, Step = _step, Directory = order.Checkpoint.Directory, ManifestSha256 = "feed", Bytes = 10 },
                });
                break;
            case Order.WhatOneofCase.Finish:
                (completed.WeightsSha256, completed.StateSha256) = ("abba", "acdc");
                break;
        }
        completed.Step = _step;
        if (SkipsCompletion()) return;
        await SendAsync(new WorkerMessage { OrderCompleted = completed });
    }

    private static StepReport Step(long generation, long step) => new()
    {
        Generation = generation,
        Step = step,
        Epoch = step * 12.0 / TestJobs.TrainSamples,
        Loss = step,
        Samples = 12,
        Seconds = 0.25,
        Phases = new PhaseSeconds { Forward = 0.1, Backward = 0.1 },
    };

    private EvaluationReport Evaluate(long generation) => new()
    {
        Generation = generation,
        Step = _step,
        Seconds = 1,
        Blocks =
        {
            SimulatedRun.BlocksOf(_assignment).Select(block => new EvaluationBlock
            {
                Index = block.Index, Images = block.Images, Top1Correct = block.Top1Correct, Top5Correct = block.Top5Correct, LossSum = block.LossSum,
            }),
        },
    };
}
