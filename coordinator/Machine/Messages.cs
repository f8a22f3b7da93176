using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>The messages that decisions send, in the protocol's terms.</summary>
internal static class Messages
{
    public static CoordinatorMessage Welcome(RunSettings settings) => new()
    {
        Welcome = new Welcome
        {
            RunId = settings.RunId,
            JobYaml = settings.JobYaml,
            HeartbeatMilliseconds = (long)(settings.Job.Workers.Heartbeat * 1000),
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
            Start = new StartingPoint { Step = generation.FirstStep, Checkpoint = generation.Checkpoint },
            Members =
            {
                generation.Members.Select(member => new Protocol.Member
                {
                    WorkerId = member.WorkerId,
                    Host = member.Host,
                    FirstMicroBatch = member.MicroBatches.First,
                    MicroBatchCount = member.MicroBatches.Count,
                }),
            },
        },
    };

    /// <param name="checkpointDirectory">Where a checkpoint of this step belongs.</param>
    public static CoordinatorMessage Order(long generation, Order order, string checkpointDirectory)
    {
        var message = new Protocol.Order { Generation = generation, OrderId = order.Id };
        switch (order.Kind)
        {
            case OrderKind.Train: message.Train = new TrainOrder { UntilStep = order.Step }; break;
            case OrderKind.Checkpoint:
                message.Checkpoint = new CheckpointOrder { Step = order.Step, Directory = checkpointDirectory };
                break;
            case OrderKind.Evaluate: message.Evaluate = new EvaluateOrder { Step = order.Step }; break;
            case OrderKind.Finish: message.Finish = new FinishOrder(); break;
            default: throw new InvalidOperationException($"no such order: {order.Kind}");
        }
        return new CoordinatorMessage { Order = message };
    }

    public static CoordinatorMessage StopRequested(string reason) => new() { StopRequested = new StopRequested { Reason = reason } };

    public static CoordinatorMessage Finished(RunOutcome outcome) =>
        new() { Finished = new Finished { State = outcome.State, Reason = outcome.Reason } };
}
