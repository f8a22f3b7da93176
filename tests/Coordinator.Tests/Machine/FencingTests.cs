using System.Collections.Immutable;
using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Tests.Machine;

/// <summary>What belongs to another generation, to a closed session or to another order changes nothing at all.</summary>
public sealed class FencingTests
{
    private const long Present = 5;
    private static readonly SessionId Member = new(1);

    private static readonly Dictionary<string, RunEvent> Late = LateEvents();

    public static TheoryData<string> Names => [.. Late.Keys];

    private static Dictionary<string, RunEvent> LateEvents()
    {
        var data = new Dictionary<string, RunEvent>();
        foreach (var generation in new[] { Present - 1, Present + 1 })
        {
            data.Add($"formed in {generation}", new WorkerFormed(Member, generation, 0, "x"));
            data.Add($"forming failed in {generation}", new FormingFailed(Member, generation, "x"));
            data.Add($"order completed in {generation}", new OrderCompleted(Member, generation, 1, 3, "", ""));
            data.Add($"blocks of {generation}", new BlocksEvaluated(Member, generation, 0, ImmutableArray<EvaluatedBlock>.Empty, 1));
            data.Add($"checkpoint that nobody ordered, of {generation}", new CheckpointReported(Member, generation, 3, "/c", "x", 1, 1, ""));
            data.Add($"peer lost in {generation}", new PeerReportedLost(Member, generation, 3, "x", "y"));
            data.Add($"window of {generation}", new EvidenceWindowClosed(generation));
        }
        data.Add("order before the present one", new OrderCompleted(Member, Present, 0, 3, "", ""));
        data.Add("order after the present one", new OrderCompleted(Member, Present, 2, 3, "", ""));
        data.Add("blocks while training", new BlocksEvaluated(Member, Present, 0, ImmutableArray<EvaluatedBlock>.Empty, 1));
        data.Add("formed while training", new WorkerFormed(Member, Present, 0, "x"));
        data.Add("second fingerprint", new WorkerFingerprinted(Member, SimulatedRun.Alike));
        data.Add("unknown session", new WorkerLost(new SessionId(99), "x", 0, ""));
        data.Add("unknown session's order", new OrderCompleted(new SessionId(99), Present, 1, 3, "", ""));
        data.Add("unknown session's fingerprint", new WorkerFingerprinted(new SessionId(99), SimulatedRun.Alike));
        return data;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LateEvent_ChangesNothing(string what)
    {
        var run = new SimulatedRun(TestJobs.Settings(2) with { PreviousGeneration = Present - 1 });
        run.Hold(Protocol.Order.WhatOneofCase.Train);
        run.Join();
        run.Join();
        run.Generation.Number.ShouldBe(Present);

        var decision = RunMachine.Decide(run.State, Late[what]);

        decision.State.ShouldBeSameAs(run.State, what);
        decision.Effects.ShouldBeEmpty();
        decision.Reason.ShouldBeNull();
    }

    [Fact]
    public void SpareThatSpeaksLikeAMember_ChangesNothing()
    {
        var run = new SimulatedRun(TestJobs.Settings(1));
        run.Hold(Protocol.Order.WhatOneofCase.Train);
        run.Join();
        var spare = run.Join();

        RunMachine.Decide(run.State, new OrderCompleted(spare, 1, 1, 3, "", "")).State.ShouldBeSameAs(run.State);
        RunMachine.Decide(run.State, new PeerReportedLost(spare, 1, 0, "x", "y")).State.ShouldBeSameAs(run.State);
    }

    [Fact]
    public void SameRankCompletesTwice_TheOthersAreStillWaitedFor()
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Hold(Protocol.Order.WhatOneofCase.Train);
        var first = run.Join();
        run.Join();
        run.Post(new OrderCompleted(first, 1, 1, 3, "", ""));
        run.Post(new OrderCompleted(first, 1, 1, 3, "", ""));

        run.State.Progress.Step.ShouldBe(0);
    }
}
