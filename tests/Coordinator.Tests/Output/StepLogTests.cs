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

    [Fact]
    public void Add_WritesOneLineWithEveryFigure()
    {
        new StepLog(_lines, 0).Add(Report(1));

        File.ReadAllText(Path).ShouldBe(
            """{"step":1,"epoch":0.25,"loss":2.5,"mainLoss":2,"auxLoss":1.25,"learningRate":0.1,"gradientNorm":3,"imagesPerSecond":24,"""
            + """ "seconds":{"data":1,"forward":2,"backward":3,"reduction":4,"update":5}}""".TrimStart() + "\n");
    }

    [Fact]
    public void Add_SkippedStep_SaysSoAndHasNullForWhatIsNotFinite()
    {
        var report = Report(1);
        (report.Skipped, report.Loss, report.GradientNorm) = (true, double.NaN, double.PositiveInfinity);
        new StepLog(_lines, 0).Add(report);

        File.ReadAllText(Path).ShouldStartWith("""{"step":1,"epoch":0.25,"loss":null,"mainLoss":2,"auxLoss":1.25,"learningRate":0.1,"gradientNorm":null,"skipped":true,""");
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0, 0)]
    [InlineData(10, 10)]
    [InlineData(10, 12)]
    public void Add_StepMissingOrTwice_Throws(long first, long step) =>
        Should.Throw<InvalidOperationException>(() => new StepLog(_lines, first).Add(Report(step))).Message.ShouldContain($"step {first + 1} was due");

    [Fact]
    public void Read_SpeedIsOfTheLastSteps_TotalsAreOfAll()
    {
        var log = new StepLog(_lines, 5);
        for (var step = 6; step <= 25; step++) log.Add(Report(step, seconds: 2));
        for (var step = 26; step <= 45; step++) log.Add(Report(step, seconds: 1));

        var figures = log.Read();
        figures.RecentImagesPerSecond.ShouldBe(12);
        figures.ImagesPerSecond.ShouldBe(8);
        figures.Phases.Update.ShouldBe(200);
        figures.Last!.Step.ShouldBe(45);
    }
}
