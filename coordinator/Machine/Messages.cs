using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>The messages that decisions send, in the protocol's terms.</summary>
internal static class Messages
{
    /// <param name="lastSequence">The newest of the worker's messages that has arrived.</param>
    public static CoordinatorMessage Welcome(RunState state, long lastSequence) => new()
    {
        Welcome = new Welcome
        {
            RunId = state.Settings.RunId,
            JobYaml = state.Settings.JobYaml,
            HeartbeatMilliseconds = (long)(state.Settings.Job.Workers.Heartbeat * 1000),
            LastSequence = lastSequence,
            Epoch = state.Epoch,
        },
    };

    public static CoordinatorMessage Refused(string reason) => new() { Refused = new Refused { Reason = reason } };

    public static CoordinatorMessage Assignment(Generation generation, int rank, string reason) => new()
    {
        Assignment = new Assignment
        {
            Generation = generation.Number,
            Reason = reason,
            Rank = rank,
            Start = new Protocol.StartingPoint { Step = generation.Start.Step, Checkpoint = generation.Start.Checkpoint },
            PassedOver = { generation.PassedOver.Select(window => new PassedOverSamples { AtStep = window.AtStep, Steps = window.Steps }) },
            Members =
            {
                generation.Members.Select(member => new Protocol.Member
                {
                    WorkerId = member.WorkerId,
                    Host = member.Host,
                    FirstMicroBatch = member.MicroBatches.First,
                    MicroBatchCount = member.MicroBatches.Count,
                    HoldsState = member.HoldsState,
                }),
            },
        },
    };

    public static CoordinatorMessage Order(RunState state, long generation, Order order)
    {
        var message = new Protocol.Order { Generation = generation, OrderId = order.Id };
        switch (order.Kind)
        {
            case OrderKind.Train: message.Train = new TrainOrder { UntilStep = order.Step }; break;
            case OrderKind.Checkpoint:
                message.Checkpoint = new CheckpointOrder
                {
                    Step = order.Step,
                    Directory = Checkpointing.DirectoryOf(state.Settings, order.Step),
                    Required = Checkpointing.IsRequired(state, order.Step),
                };
                break;
            case OrderKind.Evaluate: message.Evaluate = new EvaluateOrder { Step = order.Step }; break;
            case OrderKind.Finish: message.Finish = new FinishOrder(); break;
            default: throw new InvalidOperationException($"no such order: {order.Kind}");
        }
        return new CoordinatorMessage { Order = message };
    }

    public static CoordinatorMessage StopRequested(string reason) => new() { StopRequested = new StopRequested { Reason = reason } };

    public static CoordinatorMessage YieldRequested(long generation, string reason) =>
        new() { YieldRequested = new YieldRequested { Generation = generation, Reason = reason } };

    /// <param name="generation">The newest one; the worker has no part in those that follow until it is assigned to one.</param>
    public static CoordinatorMessage LeftOut(long generation, long ticket, string reason) =>
        new() { LeftOut = new LeftOut { Generation = generation, Ticket = ticket, Reason = reason } };

    /// <summary>The worker may go, and the run goes on without it.</summary>
    public static CoordinatorMessage Drained(string reason) => new() { Finished = new Finished { State = "drained", Reason = reason } };

    public static CoordinatorMessage Finished(RunOutcome outcome) =>
        new() { Finished = new Finished { State = outcome.State, Reason = outcome.Reason } };
}
