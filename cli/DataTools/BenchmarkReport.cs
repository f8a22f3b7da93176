using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.DataTools;

/// <param name="ImagesPerSecond">What the stage alone would do on all threads.</param>
/// <param name="BytesPerSecond">Reading and decoding: of the stored files. Scaling and copying: of the network's input, fp32.</param>
/// <param name="Share">Of the threads' working time.</param>
internal sealed record StageReport(string Stage, double ImagesPerSecond, double BytesPerSecond, double MillisecondsAnImage, double Share);

/// <summary>Figures of a benchmark: medians of its rounds, and the range of the whole.</summary>
internal sealed record BenchmarkReport(
    string Name, int Threads, int InputSize, double Seconds, int Rounds, double ImagesPerSecond, double SlowestRound, double FastestRound, double BytesPerSecond,
    IReadOnlyList<StageReport> Stages, long Images, long Corrupt)
{
    private const int Channels = 3;

    public static BenchmarkReport Of(DataSource source, int inputSize, int threads, IReadOnlyList<BenchmarkRound> rounds, long corrupt)
    {
        var inputBytes = (double)inputSize * inputSize * Channels * sizeof(float);
        var rates = rounds.Select(round => round.Images / round.Seconds).ToList();
        return new BenchmarkReport(
            source.Name, threads, inputSize, rounds.Sum(round => round.Seconds), rounds.Count, Median(rates), rates.Min(), rates.Max(),
            Median(rounds.Select(round => round.FileBytes / round.Seconds)), [.. Enum.GetValues<Stage>().Where(HasTime).Select(Of)],
            rounds.Sum(round => round.Images), corrupt);

        bool HasTime(Stage stage) => rounds.Any(round => round.StageSeconds[stage] > 0);

        StageReport Of(Stage stage)
        {
            var rate = Median(rounds.Select(round => threads * round.Images / round.StageSeconds[stage]));
            var bytes = stage is Stage.Read or Stage.Decode ? Median(rounds.Select(round => (double)round.FileBytes / round.Images)) : inputBytes;
            return new StageReport(
                stage.ToString().ToLowerInvariant(), rate, rate * bytes, 1000 * threads / rate,
                Median(rounds.Select(round => round.StageSeconds[stage] / round.StageSeconds.Values.Sum())));
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

/// <summary>A benchmark for people.</summary>
internal static class BenchmarkText
{
    public static IEnumerable<string> Of(BenchmarkReport report)
    {
        yield return $"{report.Name}: {Display.Format.Count(report.Threads, "thread")}, input {report.InputSize} × {report.InputSize}, "
            + $"{report.Rounds} rounds of {Display.Format.Duration(report.Seconds / report.Rounds)}";
        yield return Display.Format.Text($"  {"",-9}{"images/s",10}{"MB/s",9}{"ms/image",10}{"time",7}");
        foreach (var stage in report.Stages)
        {
            yield return Display.Format.Text(
                $"  {stage.Stage,-9}{stage.ImagesPerSecond,10:0}{stage.BytesPerSecond / 1e6,9:0.0}{stage.MillisecondsAnImage,10:0.000}{100 * stage.Share,5:0} %");
        }

        yield return Display.Format.Text(
            $"  {"whole",-9}{report.ImagesPerSecond,10:0}{report.BytesPerSecond / 1e6,9:0.0}{1000 * report.Threads / report.ImagesPerSecond,10:0.000}         rounds from {report.SlowestRound:0} to {report.FastestRound:0}");
        if (report.Corrupt > 0) yield return $"  {Display.Format.Count(report.Corrupt)} corrupt samples were met; others took their places";
    }
}
