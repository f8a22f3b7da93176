using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;
using FormingFailed = Inception.Distributed.Coordinator.Machine.FormingFailed;
using Kind = Inception.Distributed.Protocol.Order.WhatOneofCase;

namespace Inception.Distributed.Coordinator.Tests.Machine;

/// <summary>What members say of each other, where no session ends.</summary>
public sealed class EvidenceTests
{
    [Fact]
    public void PeerReported_WaitsForTheCulpritsSession_AndNamesIt()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Train);
        run.Post(new PeerReportedLost(first, 1, 2, "reduction of bucket 3", "connection reset"));

        run.Generation.Number.ShouldBe(1, "a survivor's word alone decides nothing");
        var timer = run.Effects.OfType<StartTimer>().Last();
        timer.Due.ShouldBe(Losses.EvidenceWindow);
        timer.Event.ShouldBe(new EvidenceWindowClosed(1));

        run.Post(new WorkerLost(second, "its connection broke", 2, ""));
        run.Reasons.ShouldContain(reason => reason.StartsWith(
            "Lost worker w2 on host2 (rank 1) in generation 1 after step 2: its connection broke. 1 of its peers noticed. Generation 2 ", StringComparison.Ordinal));
    }

    [Fact]
    public void PeerReported_NoSessionEnds_TheWindowClosesAndAllFormAnew()
    {
        var (run, first, _) = SimulatedRun.HeldAt(Kind.Train);
        run.Post(new PeerReportedLost(first, 1, 2, "reduction of bucket 3", "connection reset"));
        run.Post(new PeerReportedLost(first, 1, 2, "reduction of bucket 3", "said again"));
        run.Post(new EvidenceWindowClosed(1));

        run.Reasons.ShouldContain(reason => reason.Contains(
            "with every session still open: rank 0: a peer is gone after step 2, during reduction of bucket 3 (connection reset). Generation 2 is formed of 2 workers.",
            StringComparison.Ordinal));
    }

    [Fact]
    public void EveryMemberReports_DecidesWithoutWaiting()
    {
        var (run, first, second) = SimulatedRun.HeldAt(Kind.Train);
        run.Post(run.FormingFailure(second, "the store timed out"));
        run.Post(new PeerReportedLost(first, 1, 2, "reduction", "reset"));

        run.Generation.Number.ShouldBe(2);
        run.Reasons.ShouldContain(reason => reason.Contains("rank 0: a peer is gone", StringComparison.Ordinal)
            && reason.Contains("rank 1: the store timed out", StringComparison.Ordinal));
    }

    [Fact]
    public void GenerationsThatComeToNoStep_EndTheRunAtLast()
    {
        var run = new SimulatedRun(TestJobs.Settings(2))
        {
            Answer = (session, message) => message.Assignment is { } assignment ? [new FormingFailed(session, assignment.Generation, "no route to host")] : null,
        };
        run.Join();
        run.Join();

        run.State.LastGeneration.ShouldBe(Formation.MostFruitless);
        run.Outcome.ExitCode.ShouldBe(ExitCodes.Failed);
        run.Outcome.Reason.ShouldStartWith("20 generations in a row came to no further step");
        run.Outcome.Reason.ShouldContain("no route to host");
    }

    [Theory]
    [InlineData(36)]
    [InlineData(12)] // Spares take the places of the first that die.
    public void FortyMembersDieWithinAMoment_TheRunGoesOnWithTheRest(int maxWorkers)
    {
        var run = new SimulatedRun(TestJobs.Settings(44, TestJobs.Small with
        {
            Batch = new BatchSpec { Global = 36, MicroBatches = 36 },
            Workers = new WorkersSpec { Min = 2, Max = maxWorkers },
        }));
        run.Hold(Kind.Train);
        var workers = Enumerable.Range(0, 44).Select(_ => run.Join()).ToList();
        // Nobody comes to form before the last of them is gone. The first one stays, and with it the run's state.
        run.Answer = (_, message) => message.Assignment is null ? null : [];
        foreach (var worker in workers.Skip(1).Take(40)) run.Post(new WorkerLost(worker, "its connection broke", 0, ""));

        run.State.Phase.ShouldBeOfType<Forming>(run.Reasons[^1]).Generation.Members.Length.ShouldBe(4);
        run.State.LastGeneration.ShouldBeGreaterThan(Formation.MostFruitless);
    }

    [Fact]
    public void AWorkerThatDiesAtForming_AndComesAgainEachTime_EndsTheRunAtLast()
    {
        var run = new SimulatedRun(TestJobs.Settings(2, TestJobs.Small with { Workers = new WorkersSpec { Min = 2 } }))
        {
            Answer = (_, message) => message.Assignment is null ? null : [],
        };
        run.Join();
        for (var comings = 0; run.State.Phase is not Ended && comings < 1000; comings++)
        {
            var worker = run.Join();
            if (run.State.Phase is Waiting) run.Elapse<SettlingEnded>();
            run.Post(new WorkerLost(worker, "its connection broke", 0, ""));
        }

        run.Outcome.Reason.ShouldStartWith("20 generations in a row came to no further step");
        run.State.LastGeneration.ShouldBe(Formation.MostFruitless);
    }
}
