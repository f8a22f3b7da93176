namespace Inception.Distributed.Coordinator.Machine;

/// <summary>
/// The run's first generation waits for as many workers as it was told to expect, but not for ever: who comes later enters at a border, with
/// the same result.
/// </summary>
internal static class FirstGeneration
{
    public static bool IsDue(RunState state) => state.LastGeneration == state.Settings.PreviousGeneration;

    /// <summary>Fewer are ready than expected, but enough to train: each one that comes is waited for anew.</summary>
    public static Decision WaitForMore(RunState state)
    {
        var ready = state.Workers.Count(worker => worker.CanWork && worker.Leaving is null);
        if (!IsDue(state) || ready < state.Settings.Job.Workers.Min || state.FirstWait?.Ready == ready) return Decision.To(state);
        var ticket = state.LastTicket + 1;
        return Decision.To(
            state with { LastTicket = ticket, FirstWait = new FirstWait(ticket, ready) },
            null, new StartTimer(TimeSpan.FromSeconds(state.Settings.Job.Workers.StartTimeout), new PatienceEnded(ticket)));
    }

    public static Decision OnPatienceEnded(RunState state, PatienceEnded ended)
    {
        if (!IsDue(state) || state.FirstWait is not { } wait || wait.Ticket != ended.Ticket) return Decision.Ignore(state);
        var sentence = $"No further worker has come for {Reattachment.Text(TimeSpan.FromSeconds(state.Settings.Job.Workers.StartTimeout))}: "
            + $"the run starts with {wait.Ready} of {state.ExpectedWorkers}.";
        return Decision.To(Expect(state, wait.Ready) with { FirstWait = null }, sentence).Then(Membership.Review);
    }

    /// <summary>One of those that it waits for is gone.</summary>
    public static RunState Lose(RunState state, WorkerState worker) =>
        IsDue(state) && worker.IsReady ? Expect(state, state.ExpectedWorkers - 1) : state;

    private static RunState Expect(RunState state, int workers) =>
        state with { ExpectedWorkers = Math.Max(state.Settings.Job.Workers.Min, Math.Min(workers, state.ExpectedWorkers)) };
}
