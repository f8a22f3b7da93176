using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Tests.Data.Tools;

public sealed class PipelineBenchmarkTests
{
    [Fact]
    public void Run_CountsImagesBytesAndTheTimeOfEachStage()
    {
        var benchmark = new PipelineBenchmark(new FilesInMemory(JpegFiles.Colour, []), Builders.Data, 32, seed: 1, threads: 2);

        var rounds = benchmark.Run(3, TimeSpan.FromMilliseconds(30), CancellationToken.None);

        rounds.Count.ShouldBe(3);
        foreach (var round in rounds)
        {
            round.Images.ShouldBeGreaterThan(0);
            // Half of the samples are empty files, in whose places the picture is read.
            round.FileBytes.ShouldBeInRange(round.Images * JpegFiles.Colour.Length * 9 / 10, round.Images * JpegFiles.Colour.Length * 11 / 10 + 64 * JpegFiles.Colour.Length);
            round.StageSeconds.Where(stage => stage.Value > 0).Select(stage => stage.Key).ShouldBe([Stage.Read, Stage.Decode, Stage.Scale, Stage.Copy]);
            // Two threads work no longer than two rounds last, but for a sample that each had begun before.
            round.StageSeconds.Values.Sum().ShouldBeLessThan(2 * round.Seconds + 1);
        }

        benchmark.Corrupt.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Clock_ChangesNothingOfTheBatch()
    {
        var dataset = new FilesInMemory(JpegFiles.Colour);
        Span<float> plain = new float[16 * 16 * 3], timed = new float[16 * 16 * 3];
        var clock = new StageClock();
        var builder = new BatchBuilder(dataset, 16, Builders.Data, 1, new CorruptSamples(dataset, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance), clock);

        Builders.Create(dataset, 16, new AugmentSpec(), seed: 1).Fill([new(3, 0)], true, plain, new long[1]);
        builder.Fill([new(3, 0)], true, timed, new long[1]);

        timed.SequenceEqual(plain).ShouldBeTrue();
        clock.Images.ShouldBe(1);
    }
}
