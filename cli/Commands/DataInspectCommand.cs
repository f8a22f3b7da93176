using System.CommandLine;
using Inception.Distributed.Cli.DataTools;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>data inspect</c>: what is in a dataset.</summary>
internal static class DataInspectCommand
{
    public static Command Create()
    {
        var data = new DataArguments();
        var sheet = new Option<string?>("--contact-sheet")
        {
            Description = "Draws a few samples as training sees them in five epochs into this .png file.",
            HelpName = "FILE",
        };
        var command = new ExampleCommand("inspect", "Counts, classes, sizes, formats and odd files of a dataset. Only headers are read.",
            "inception data inspect jobs/fashion-mnist.yaml",
            "inception data inspect imagefolder:/data/imagenet:train --contact-sheet sheet.png",
            "inception data inspect imagenet:/data/ILSVRC2012:val --json");
        data.AddTo(command);
        command.Add(sheet);
        command.SetAction(line => DataArguments.Run(stop => Run(data.Open(line), data.ThreadsOf(line), line.GetValue(sheet), line.GetValue(data.Json), stop)));
        return command;
    }

    private static int Run(IReadOnlyList<DataSource> sources, int threads, string? sheet, bool asJson, CancellationToken stop)
    {
        // A wrong name is found out before the work.
        var picture = sheet is null ? null : new PictureFile("--contact-sheet", sheet);
        var inspections = new List<Inspection>();
        foreach (var source in sources)
        {
            using var line = ProgressLine.OfConsole($"inspecting {source.Name}:", source.Dataset.Count);
            inspections.Add(Inspection.Of(source, HeaderScan.Read(source.Dataset, threads, line.Progress, stop)));
        }

        if (asJson) Console.WriteLine(DataToolsJson.Write(inspections.Select(DataToolsJson.Of)));
        else Console.WriteLine(string.Join(Environment.NewLine, inspections.SelectMany(InspectionText.Of)));
        picture?.Write(ContactSheet.Draw(sources[0]));
        return ExitCode.Ok;
    }
}
