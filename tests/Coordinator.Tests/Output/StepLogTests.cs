using System.Text.Json;
using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Output;

public sealed class StepLogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly JsonLines _lines;

    public StepLogTests() => _lines = JsonLines.Append(Path);

    private string Path => _directory["log.jsonl"];

    public void Dispose()
    {
        _lines.Dispose();
        _directory.Dispose();
    }

    private static StepReport Report(long step, double seconds = 0.5) => new()
    {
        Step = step,
        Epoch = 0.25,
        Loss = 2.5,
        MainLoss = 2,
        AuxiliaryLoss = 1.25,
        LearningRate = 0.1,
        GradientNorm = 3,
        Samples = 12,
        Seconds = seconds,
        Phases = new PhaseSeconds { Data = 1, Forward = 2, Backward = 3, Reduction = 4, Update = 5 },
    };

    private static StepReport Corrupt(long step, int corrupt)
    {
        var report = Report(step);
        report.Corrupt = corrupt;
        return report;
    }

    [Fact]
    public void Add_WritesOneLineWithEveryFigure()
    {
        new StepLog(_lines, 0).Add(true, Report(1));

        File.ReadAllText(Path).ShouldBe(
            """{"step":1,"epoch":0.25,"loss":2.5,"mainLoss":2,"auxLoss":1.25,"learningRate":0.1,"gradientNorm":3,"imagesPerSecond":24,"""
            + """ "seconds":{"data":1,"forward":2,"backward":3,"reduction":4,"update":5}}""".TrimStart() + "\n");
    }

    [Fact]
    public void Add_SkippedStep_SaysSoAndHasNullForWhatIsNotFinite()
    {
        var report = Report(1);
        (report.Skipped, report.Trouble, report.Loss, report.GradientNorm) = (true, "the loss is not finite", double.NaN, double.PositiveInfinity);
        new StepLog(_lines, 0).Add(true, report);

        File.ReadAllText(Path).ShouldStartWith(
            """{"step":1,"epoch":0.25,"loss":null,"mainLoss":2,"auxLoss":1.25,"learningRate":0.1,"gradientNorm":null,"skipped":true,"trouble":"the loss is not finite",""");
    }

    [Fact]
    public void Skipped_CountsTheLinesOfTheLog_AlsoThoseOfAnEarlierProcess_AndNoneThatWereCut()
    {
        var log = new StepLog(_lines, 0);
        for (var step = 1; step <= 4; step++)
        {
            var report = Report(step);
            report.Skipped = step % 2 == 0;
            log.Add(true, report);
        }
        log.Read().SkippedInLog.ShouldBe(2);
        new StepLog(_lines, 4).Read().SkippedInLog.ShouldBe(2);
        log.Stand(3);
        log.Read().SkippedInLog.ShouldBe(1);
    }

    private long[] Steps => [.. File.ReadAllLines(Path).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt64())];

    [Fact]
    public void Add_ReportedAgainOrByAnotherRank_IsWrittenOnce_WithTheTimesOfRank0()
    {
        var log = new StepLog(_lines, 10);
        log.Add(false, Report(11, seconds: 9));
        Steps.ShouldBeEmpty();
        log.Add(true, Report(11, seconds: 2));
        log.Add(true, Report(11, seconds: 1));
        log.Add(false, Report(11, seconds: 1));
        log.Add(true, Report(10));

        Steps.ShouldBe([11]);
        log.Read().ImagesPerSecond.ShouldBe(6);
    }

    [Fact]
    public void Stand_Rank0WasLost_AnotherRanksReportsFillIn()
    {
        var log = new StepLog(_lines, 0);
        log.Add(true, Report(1));
        for (var step = 1; step <= 3; step++) log.Add(false, Report(step));

        log.Stand(3).ShouldBe((0, 0));
        Steps.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Stand_BehindTheLog_TheStepsComeAnew()
    {
        var log = new StepLog(_lines, 0);
        for (var step = 1; step <= 5; step++) log.Add(true, Report(step));
        log.Add(false, Report(6));

        log.Stand(3).ShouldBe((0, 2));
        Steps.ShouldBe([1, 2, 3]);
        log.LastStep.ShouldBe(3);
        for (var step = 4; step <= 6; step++) log.Add(true, Report(step));
        Steps.ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public void Read_CorruptSamples_AreThoseOfTheWholeRun_WithoutDroppedSteps()
    {
        var first = new StepLog(_lines, 0);
        foreach (var (step, corrupt) in new[] { (1, 2), (2, 0), (3, 1) }) first.Add(true, Corrupt(step, corrupt));
        first.Read().CorruptOfRun.ShouldBe(3);

        // Another process goes on behind step 2.
        var second = new StepLog(_lines, 3);
        second.Stand(2);
        second.Read().CorruptOfRun.ShouldBe(2);
        second.Add(true, Corrupt(3, 4));
        second.Read().CorruptOfRun.ShouldBe(6);
        second.Read().Corrupt.ShouldBe(4, "of this process alone");
    }

    [Fact]
    public void Stand_StepsThatNobodyToldOf_AreCounted()
    {
        var log = new StepLog(_lines, 0);
        log.Add(true, Report(1));
        log.Add(true, Report(4)); // 2 and 3 were never told of.
        Steps.ShouldBe([1]);

        log.Stand(4).ShouldBe((3, 0));
        log.Add(true, Report(5));
        Steps.ShouldBe([1, 5]);
    }

    [Fact]
    public void Read_SpeedIsOfTheLastSteps_TotalsAreOfAll()
    {
        var log = new StepLog(_lines, 5);
        for (var step = 6; step <= 25; step++) log.Add(true, Report(step, seconds: 2));
        for (var step = 26; step <= 45; step++) log.Add(true, Report(step, seconds: 1));

        var figures = log.Read();
        figures.RecentImagesPerSecond.ShouldBe(12);
        figures.ImagesPerSecond.ShouldBe(8);
        figures.Phases.Update.ShouldBe(200);
        figures.Last!.Step.ShouldBe(45);
    }
}
