using System.CommandLine;
using Inception.Distributed.Cli.DataTools;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>data bench</c>: how fast the input of a run is, and what it spends its time on.</summary>
internal static class DataBenchCommand
{
    private const int Rounds = 5;
    private const int UsualSeconds = 10;

    public static Command Create()
    {
        var data = new DataArguments();
        var seconds = new Option<int?>("--seconds") { Description = $"Length of the measurement, in {Rounds} rounds. Default: {UsualSeconds}.", HelpName = "S", CustomParser = Parsers.Count };
        var size = new Option<int?>("--input-size") { Description = "Height and width of the network's input in pixels. Default: the job's; 299 without one.", HelpName = "N", CustomParser = Parsers.Count };
        var command = new ExampleCommand("bench", "Measures the input of a training run alone: images and bytes a second, as a whole and by stage.",
            "inception data bench imagefolder:/data/imagenet:train --threads 2",
            "inception data bench jobs/inception-v3.yaml --set data.resize=bicubic --seconds 30");
        data.AddTo(command);
        command.Add(seconds);
        command.Add(size);
        command.SetAction(line => DataArguments.Run(stop => Run(
            data.Open(line)[0], data.ThreadsOf(line), AtLeastOne("--seconds", line.GetValue(seconds)) ?? UsualSeconds,
            AtLeastOne("--input-size", line.GetValue(size)), line.GetValue(data.Json), stop)));
        return command;
    }

    private static int Run(DataSource source, int threads, int seconds, int? inputSize, bool asJson, CancellationToken stop)
    {
        var size = inputSize ?? source.InputSize;
        var benchmark = new PipelineBenchmark(source.Dataset, source.Data, size, source.Seed, threads);
        var rounds = benchmark.Run(Rounds, TimeSpan.FromSeconds((double)seconds / Rounds), stop);
        var report = BenchmarkReport.Of(source, size, threads, rounds, benchmark.Corrupt);
        if (asJson) Console.WriteLine(DataToolsJson.Write(report));
        else foreach (var text in BenchmarkText.Of(report)) Console.WriteLine(text);
        return ExitCode.Ok;
    }

    private static int? AtLeastOne(string option, int? value) =>
        value is null or > 0 ? value : throw new UserErrorException(option, $"must be at least 1, not {value}");
}
