using System.CommandLine;
using Inception.Distributed.Cli.DataTools;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>data pack</c>: a dataset as tar shards of smaller JPEG files.</summary>
internal static class DataPackCommand
{
    private const int LargestSize = 8192;
    private static readonly PackOptions Usual = new(Size: 512, Quality: 90, ShardSamples: 2048);

    public static Command Create()
    {
        var data = new DataArguments();
        var output = new Argument<string>("OUT") { Description = "The directory of the shards. Of a job, its training set goes to OUT/train, its validation set to OUT/val." };
        var size = Number("--size", $"Pixels of the shorter side; smaller images keep theirs. Default: {Usual.Size}.");
        var quality = Number("--quality", $"Of the JPEG files, 1 to 100. Default: {Usual.Quality}.");
        var shardSize = Number("--shard-size", $"Samples of a shard. Default: {Usual.ShardSamples}.");
        var command = new ExampleCommand("pack",
            "Packs a dataset into tar shards of resized JPEG files, as WebDataset lays them out (.jpg and .cls). Run again after an interruption, it goes on.",
            "inception data pack imagefolder:/data/imagenet:train /data/packed/train",
            "inception data pack jobs/inception-v3.yaml /data/packed --size 400 --quality 92");
        command.Add(data.Spec);
        command.Add(output);
        foreach (var option in new Option[] { size, quality, shardSize, data.Set, data.Threads, data.Json }) command.Add(option);
        command.SetAction(line =>
        {
            var options = new PackOptions(
                InRange(size, line.GetValue(size) ?? Usual.Size, LargestSize), InRange(quality, line.GetValue(quality) ?? Usual.Quality, 100),
                InRange(shardSize, line.GetValue(shardSize) ?? Usual.ShardSamples, int.MaxValue));
            var threads = data.ThreadsOf(line);
            return DataArguments.Run(stop => Run(data.Open(line), line.GetRequiredValue(output), options, threads, line.GetValue(data.Json), stop));
        });
        return command;
    }

    private static int Run(IReadOnlyList<DataSource> sources, string output, PackOptions options, int threads, bool asJson, CancellationToken stop)
    {
        var documents = new List<object>();
        foreach (var source in sources)
        {
            var directory = !source.IsOfJob ? output : Path.Combine(output, source.Name == "data.train" ? "train" : "val");
            var summary = Pack(source, directory, options, threads, stop);
            if (summary is null) return ExitCode.Failed;
            documents.Add(PackText.Document(source, directory, summary));
            if (!asJson) foreach (var text in PackText.Of(source, directory, summary)) Console.WriteLine(text);
        }

        if (asJson) Console.WriteLine(DataToolsJson.Write(documents));
        return ExitCode.Ok;
    }

    /// <returns>Null: the disk failed, and the user knows.</returns>
    private static PackSummary? Pack(DataSource source, string directory, PackOptions options, int threads, CancellationToken stop)
    {
        try
        {
            using var line = ProgressLine.OfConsole($"packing {source.Name}:", source.Dataset.Count);
            return new DatasetPacker(source.Dataset, source.Data, options).Run(directory, threads, line.Progress, stop);
        }
        catch (IOException error)
        {
            Console.Error.WriteLine($"error: {directory}: {error.Message} Whole shards stay; the same command goes on after them.");
            return null;
        }
    }

    private static Option<int?> Number(string name, string description) => new(name) { Description = description, HelpName = "N", CustomParser = Parsers.Count };

    private static int InRange(Option option, int value, int largest) =>
        value >= 1 && value <= largest ? value : throw new UserErrorException(option.Name, Format.Text($"must lie between 1 and {largest}, not {value}"));
}
