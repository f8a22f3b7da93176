using System.CommandLine;
using Inception.Distributed.Cli.DataTools;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>data verify</c>: decodes everything.</summary>
internal static class DataVerifyCommand
{
    public static Command Create()
    {
        var data = new DataArguments();
        var command = new ExampleCommand("verify", "Decodes every image of a dataset and names those that are corrupt. The exit code is 1 when there are any.",
            "inception data verify imagefolder:/data/imagenet:train",
            "inception data verify jobs/inception-v3.yaml --threads 8 --json > corrupt.json");
        data.AddTo(command);
        command.SetAction(line => DataArguments.Run(stop => Run(data.Open(line), data.ThreadsOf(line), line.GetValue(data.Json), stop)));
        return command;
    }

    private static int Run(IReadOnlyList<DataSource> sources, int threads, bool asJson, CancellationToken stop)
    {
        var results = new List<(DataSource Source, IReadOnlyList<CorruptSample> Corrupt)>();
        foreach (var source in sources)
        {
            results.Add((source, Verify(source, threads, stop)));
            if (asJson) continue;
            foreach (var text in Lines(source, results[^1].Corrupt)) Console.WriteLine(text);
        }

        if (asJson)
            Console.WriteLine(DataToolsJson.Write(results.Select(result => new { result.Source.Name, Images = result.Source.Dataset.Count, Corrupt = DataToolsJson.Of(result.Corrupt) })));
        return results.All(result => result.Corrupt.Count == 0) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static IReadOnlyList<CorruptSample> Verify(DataSource source, int threads, CancellationToken stop)
    {
        using var line = ProgressLine.OfConsole($"verifying {source.Name}:", source.Dataset.Count);
        return Verification.Run(source.Dataset, source.Data, threads, line.Progress, stop);
    }

    private static IEnumerable<string> Lines(DataSource source, IReadOnlyList<CorruptSample> corrupt)
    {
        foreach (var sample in corrupt) yield return $"{sample.Name}: {sample.Problem}";
        var images = Format.Count(source.Dataset.Count, "image");
        if (corrupt.Count == 0)
        {
            yield return $"{source.Name}: {images}, all whole";
            yield break;
        }

        var fraction = (double)corrupt.Count / source.Dataset.Count;
        var verdict = !source.IsOfJob || source.Name != "data.train" ? ""
            : fraction > source.Data.MaxCorrupt ? Format.Text($"; a run stops at more than {100 * source.Data.MaxCorrupt:0.####} % (data.maxCorrupt)")
            : Format.Text($"; a run bears {100 * source.Data.MaxCorrupt:0.####} % (data.maxCorrupt)");
        yield return Format.Text($"{source.Name}: {images}, {corrupt.Count:#,0} corrupt ({100 * fraction:0.####} %){verdict}");
    }
}
