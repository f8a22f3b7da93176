using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Tests.Machine;

public sealed class JoiningTests
{
    [Fact]
    public void FewerThanExpected_Waits()
    {
        var run = new SimulatedRun(TestJobs.Settings(3));
        run.Join();
        run.Join();

        run.State.Phase.ShouldBeOfType<Waiting>();
        run.Reasons[^1].ShouldBe("Workers ready: 2 of 3.");
        run.Effects.OfType<RecordGeneration>().ShouldBeEmpty();
    }

    [Fact]
    public void Welcome_CarriesTheJobAndTheHeartbeat()
    {
        var run = new SimulatedRun(TestJobs.Settings());
        var welcome = run.SentTo(run.Join()).First().Welcome;

        welcome.RunId.ShouldBe("test");
        welcome.JobYaml.ShouldBe("name: small");
        welcome.HeartbeatMilliseconds.ShouldBe(1000);
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(2, 2)]
    [InlineData(4, 4)]
    public void MoreThanTheMost_StandByAsSpares(int max, int members)
    {
        var job = TestJobs.Small with { Workers = new WorkersSpec { Max = max } };
        var run = new SimulatedRun(TestJobs.Settings(members, job));
        run.Hold(Protocol.Order.WhatOneofCase.Train);
        var sessions = Enumerable.Range(0, members + 2).Select(_ => run.Join()).ToList();

        run.Generation.Members.Select(member => member.WorkerId).ShouldBe(sessions.Take(members).Select(session => $"w{session.Value}"));
        run.SentTo(sessions[^1]).Count().ShouldBe(1, "a spare hears nothing after its Welcome");
        run.Reasons[^1].ShouldBe($"Worker w{members + 2} on host{members + 2} stands by as a spare.");
    }

    [Theory]
    [InlineData("threads", "2", "its threads is 2, that of worker w1 on host1 is 1.")]
    [InlineData("BLAS", "OpenBLAS", "its BLAS is OpenBLAS, that of worker w1 on host1 is (none).")]
    public void FingerprintThatDiffers_IsRefusedWithBothValues(string property, string value, string sentence)
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Join();
        var fingerprint = SimulatedRun.Alike with { Properties = SimulatedRun.Alike.Properties.SetItem(property, value) };
        run.Answer = (session, message) => message.Welcome is null ? null : [new WorkerFingerprinted(session, fingerprint)];
        var refused = run.Join();

        run.SentTo(refused).Last().Refused.Reason.ShouldBe($"Worker w2 on host2 is refused: {sentence}");
        run.State.Workers.Length.ShouldBe(1);
        run.State.Phase.ShouldBeOfType<Waiting>();

        run.Answer = (_, _) => null;
        run.Join();
        run.Outcome.Ending.ShouldBe(RunEnding.Finished, "another worker takes the place");
    }

    [Fact]
    public void FastReduction_ToleratesOtherHardware_ButNotOtherData()
    {
        var run = new SimulatedRun(TestJobs.Settings(3, TestJobs.Small with { Reduction = ReductionKind.Fast }));
        var fingerprint = SimulatedRun.Alike;
        run.Answer = (session, message) => message.Welcome is null ? null : [new WorkerFingerprinted(session, fingerprint)];
        run.Join();
        fingerprint = SimulatedRun.Alike with { Properties = SimulatedRun.Alike.Properties.SetItem("threads", "4") };
        run.Join();
        run.State.Workers.Length.ShouldBe(2);

        fingerprint = SimulatedRun.Alike with { Properties = SimulatedRun.Alike.Properties.SetItem("training data", "other") };
        run.SentTo(run.Join()).Last().Refused.Reason.ShouldContain("its training data is other");
        fingerprint = SimulatedRun.Alike with { TrainSamples = 41 };
        run.SentTo(run.Join()).Last().Refused.Reason.ShouldContain("its number of training samples is 41, that of worker w1 on host1 is 37.");
    }

    [Fact]
    public void SecondSessionOfAWorker_IsRefused()
    {
        var run = new SimulatedRun(TestJobs.Settings(2));
        run.Join("twin");
        run.SentTo(run.Join("twin")).Single().Refused.Reason.ShouldBe("A worker with the id twin is connected already.");
        run.State.Workers.Length.ShouldBe(1);
    }

    [Theory]
    [InlineData(41, "abc", "belongs to 41 training samples, the workers have 37")]
    [InlineData(37, "other", "belongs to a training set with the digest other, the workers' has abc")]
    public void ResumeWithAnotherTrainingSet_EndsAsTheUsersMistake(long samples, string digest, string message)
    {
        var run = new SimulatedRun(TestJobs.Settings() with { Resume = new ResumePoint(3, "/c", samples, digest) });
        run.Join();

        run.Outcome.ExitCode.ShouldBe(ExitCodes.UserError);
        run.Outcome.Reason.ShouldContain(message);
    }

    [Fact]
    public void WorkerThatLeavesWhileWaiting_IsForgotten()
    {
        var run = new SimulatedRun(TestJobs.Settings(2, TestJobs.Small with { Workers = new WorkersSpec { Min = 2 } }));
        var first = run.Join();
        run.Post(new WorkerLost(first, "its connection broke", 0, ""));
        run.Reasons[^1].ShouldBe("Worker w1 on host1 has left: its connection broke.");
        run.Join();
        run.State.Phase.ShouldBeOfType<Waiting>();
        run.Join();

        run.Outcome.Ending.ShouldBe(RunEnding.Finished);
    }

    [Fact]
    public void OneOfThoseThatTheFirstGenerationWaitsForIsLost_TheOthersStart()
    {
        var run = new SimulatedRun(TestJobs.Settings(3));
        run.Join();
        run.Post(new WorkerLost(run.Join(), "its connection broke", 0, ""));
        run.State.Phase.ShouldBeOfType<Waiting>();
        run.Join();

        run.Outcome.Workers.ShouldBe(2);
    }

    [Fact]
    public void FewerWorkersLeftThanTheJobAsksFor_WaitsOn()
    {
        var run = new SimulatedRun(TestJobs.Settings(3, TestJobs.Small with { Workers = new WorkersSpec { Min = 2 } }));
        var sessions = Enumerable.Range(0, 2).Select(_ => run.Join()).ToList();
        foreach (var session in sessions) run.Post(new WorkerLost(session, "its connection broke", 0, ""));
        run.Join();

        Formation.WaitsFor(run.State).ShouldBe("1 more worker, 1 of 2 ready");
    }

    [Fact]
    public void AnnouncedWorkersDoNotCome_StartsWithThoseThatAreThere()
    {
        var run = new SimulatedRun(TestJobs.Settings(4));
        run.Join();
        run.Join();
        var timers = run.Effects.OfType<StartTimer>().Where(timer => timer.Event is PatienceEnded).ToList();
        timers.Select(timer => timer.Due.TotalSeconds).ShouldBe([60, 60]);
        run.Post(timers[0].Event);
        run.State.Phase.ShouldBeOfType<Waiting>("another one has come since");
        run.Post(timers[1].Event);

        run.Reasons.ShouldContain(reason => reason.StartsWith("No further worker has come for 60 s: the run starts with 2 of 4.", StringComparison.Ordinal));
        run.Outcome.Workers.ShouldBe(2);
    }
}
