using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Tests.Simulation;

/// <summary>The simulation has teeth: each of these spoilt rules is found out within a few hundred histories.</summary>
public sealed class MutationTests
{
    private const int Seeds = 400;

    private static readonly Dictionary<string, Rules> Spoilt = new()
    {
        ["no fencing"] = new Rules { Decide = (state, @event) => RunMachine.Decide(state, Unfenced(state, @event)) },
        ["decide before all have come back"] = new Rules
        {
            Decide = (state, @event) =>
            {
                var decision = RunMachine.Decide(state, @event);
                return @event is CoordinatorStarted
                    ? decision with { State = decision.State with { Awaited = decision.State.Awaited.Clear() } }
                    : decision;
            },
        },
        ["effects before the journal"] = new Rules { EffectsBeforeJournal = true },
        ["an order ends with the first rank"] = new Rules
        {
            Decide = (state, @event) => @event is OrderCompleted completed && state.Phase is Executing { Generation: var generation }
                ? generation.Members.Select(member => state.Find(member.WorkerId)?.Session).OfType<SessionId>()
                    .Aggregate(Decision.To(state), (decision, session) => decision.Then(next => RunMachine.Decide(next, completed with { Session = session })))
                : RunMachine.Decide(state, @event),
        },
        ["a checkpoint counts when it is ordered"] = new Rules
        {
            Decide = (state, @event) =>
            {
                var decision = RunMachine.Decide(state, @event);
                return decision.State.Phase is Executing { Order: { Kind: OrderKind.Checkpoint, Step: var step } } executing && state.Phase != executing
                    ? decision with { Effects = decision.Effects.Add(new RecordCheckpoint(1, new CommittedCheckpoint(step, "", "", 0, 0))) }
                    : decision;
            },
        },
        ["a rollback leaves the workers what they hold"] = new Rules
        {
            Decide = (state, @event) =>
            {
                var decision = RunMachine.Decide(state, @event);
                return decision.State.GoingBackTo is not null && state.GoingBackTo is null
                    ? decision with { State = decision.State with { LastWhole = state.LastWhole, Workers = state.Workers } }
                    : decision;
            },
        },
        ["a lost worker stays a member"] = new Rules
        {
            Decide = (state, @event) => @event is WorkerLost ? Decision.Ignore(state) : RunMachine.Decide(state, @event),
        },
    };

    public static TheoryData<string> Names => [.. Spoilt.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void SpoiltRule_IsCaught(string name) => Enumerable.Range(0, Seeds)
        .Select(seed => SimulatedSchedule.Run(seed, SimulatedSchedule.Faults(seed), Spoilt[name]).Violation)
        .ShouldContain(violation => violation != null);

    private static RunEvent Unfenced(RunState state, RunEvent @event) => @event is GenerationEvent stale && state.Phase is Active { Generation.Number: var present }
        ? stale with { Generation = present }
        : @event;
}
