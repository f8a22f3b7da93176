namespace Inception.Distributed.Coordinator.Machine;

/// <summary>One order after another, each completed by every rank before the next is given.</summary>
internal static class Orders
{
    public static Decision GiveNext(RunState state, Generation generation, long id)
    {
        var order = Schedule.Next(state, generation, id);
        state = order.Kind == OrderKind.Checkpoint ? Checkpointing.Begin(state, order.Step, generation.Members[0].WorkerId) : state;
        return new Decision(
            // Members that were asked to yield in this generation still do, whatever the order.
            state with { Phase = new Executing(generation, order) { Yielding = (state.Phase as Executing)?.Yielding } },
            [.. generation.ToAll(state, Messages.Order(state, generation.Number, order))],
            null).Then(Membership.Review);
    }

    public static Decision OnCompleted(RunState state, OrderCompleted completed)
    {
        if (state.Phase is not Executing executing
            || executing.Order.Id != completed.OrderId
            || executing.Broken is not null
            || executing.Generation.Find(state, completed.Session) is not { } member
            || executing.Completed.ContainsKey(member.Rank))
        {
            return Decision.Ignore(state);
        }
        executing = executing with
        {
            Completed = executing.Completed.SetItem(
                member.Rank, new Completion(completed.Step, completed.WeightsSha256, completed.StateSha256, completed.Bad)),
        };
        state = state with { Phase = executing };
        if (executing.Completed.Count == executing.Generation.Members.Length) return Conclude(state, executing);
        return executing.Completed.Count == 1 ? Decision.To(state, null, Overdue.Timer(state, executing)) : Decision.To(state);
    }

    private static Decision Conclude(RunState state, Executing executing)
    {
        var order = executing.Order;
        if (Ranks.Disagree(executing.Completed, completion => $"step {completion.Step}") is { } difference)
            return Ending.Fail(state, $"The ranks ended {Describe(order)} at different steps: {difference}.");
        var step = executing.Completed.Values.First().Step;
        if (Ranks.Disagree(executing.Completed, completion => completion.Bad?.ToString() ?? "good numbers") is { } judgements)
            return Ending.Fail(state, $"The ranks judge step {step + 1} differently: {judgements}.");
        var bad = executing.Completed.Values.First().Bad;
        if (!IsPlausible(state, executing, step))
            return Ending.Fail(state, $"The ranks ended {Describe(order)} at step {step}, having started it at step {state.Progress.Step}.");

        if (order.Kind == OrderKind.Checkpoint && Ranks.Disagree(executing.Completed, completion => completion.StateSha256) is { } divergence)
            return Ending.Fail(state, $"The ranks' states differ at {Describe(order)}: {divergence}.");

        Decision GoOn(RunState next) => Membership.AtBorder(next, executing);
        var progress = state.Progress;
        if (step > progress.Step) state = state with { Fruitless = 0 };
        return order.Kind switch
        {
            OrderKind.Train when bad is not null =>
                Decision.To(state with { Progress = progress with { Step = step } }, null, new Stand(0, step)).Then(next => Numbers.OnBad(next, executing, bad)),
            OrderKind.Train => Decision.To(state with { Progress = progress with { Step = step } }, null, new Stand(0, step)).Then(GoOn),
            OrderKind.Checkpoint => GoOn(state with { Progress = progress with { CheckpointedStep = step } }),
            OrderKind.Evaluate => Evaluation.Conclude(state, executing).Then(GoOn),
            OrderKind.Finish when state.StopReason is null && !Schedule.IsComplete(state) => Departures.Conclude(state, executing),
            OrderKind.Finish => Ending.Conclude(state, executing),
            _ => throw new InvalidOperationException($"no such order: {order.Kind}"),
        };
    }

    // The ranks may end training early, where they agreed to stop or to yield. They never stand still otherwise, or the run would not end.
    private static bool IsPlausible(RunState state, Executing executing, long step)
    {
        var (order, began) = (executing.Order, state.Progress.Step);
        if (order.Kind != OrderKind.Train) return step == began;
        return step <= order.Step && (step > began || (step == began && (state.StopReason ?? executing.Yielding ?? executing.Completed.Values.First().Bad?.What) is not null));
    }

    public static string Describe(Order order) => order.Kind switch
    {
        OrderKind.Train => $"the training up to step {order.Step}",
        OrderKind.Checkpoint => $"the checkpoint of step {order.Step}",
        OrderKind.Evaluate => $"the evaluation of step {order.Step}",
        OrderKind.Finish => "the run",
        _ => throw new InvalidOperationException($"no such order: {order.Kind}"),
    };
}
