using System.CommandLine;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Plots;
using Inception.Distributed.Coordinator.History;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>plot</c>: curves of runs as a picture, without a browser.</summary>
internal static class PlotCommand
{
    private static readonly Dictionary<string, PanelKind> PanelNames = new()
    {
        ["loss"] = PanelKind.Loss, ["accuracy"] = PanelKind.Accuracy, ["throughput"] = PanelKind.Throughput, ["learning-rate"] = PanelKind.LearningRate,
    };

    public static Command Create()
    {
        var directories = new Argument<string[]>("DIR") { Description = "Runs' directories; several are compared.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "The picture's file, .svg or .png.", HelpName = "FILE", Required = true };
        var panels = new Option<string>("--panels")
        {
            Description = $"Which figures, from the top: {string.Join(", ", PanelNames.Keys)}.", HelpName = "LIST", DefaultValueFactory = _ => "loss,accuracy,throughput",
        };
        var bySteps = new Option<bool>("--steps") { Description = "Steps on the horizontal axis instead of epochs." };
        var log = new Option<bool>("--log") { Description = "A logarithmic axis for the loss." };
        var smooth = new Option<double?>("--smooth") { Description = "Time constant of the means, in steps; 0: none. Default: a fiftieth of the run.", HelpName = "STEPS" };
        var command = new ExampleCommand("plot", "Draws the curves of runs, also of one in progress.",
            "inception plot runs/fashion-mnist --out run.svg", "inception plot runs/a runs/b --out both.png --panels loss,learning-rate --log")
        {
            directories, output, panels, bySteps, log, smooth,
        };
        command.SetAction(line =>
        {
            var path = line.GetRequiredValue(output);
            var isSvg = Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".svg" => true,
                ".png" => false,
                _ => throw new UserErrorException("--out", $"'{path}' must end in .svg or .png"),
            };
            var smoothing = line.GetValue(smooth);
            if (smoothing is < 0 || smoothing is { } given && !double.IsFinite(given)) throw new UserErrorException("--smooth", Format.Text($"{smoothing} is not a number of steps; 0 or more is allowed"));
            var options = new PlotOptions(PanelsOf(line.GetRequiredValue(panels)), line.GetValue(bySteps), line.GetValue(log), smoothing);
            var picture = new PlotPicture(Load(line.GetRequiredValue(directories)), options);
            Save(path, isSvg ? System.Text.Encoding.UTF8.GetBytes(picture.ToSvg()) : picture.ToPng());
            return ExitCode.Ok;
        });
        return command;
    }

    private static List<PanelKind> PanelsOf(string list)
    {
        var kinds = new List<PanelKind>();
        foreach (var name in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!PanelNames.TryGetValue(name, out var kind)) throw new UserErrorException("--panels", $"'{name}' is no panel; there are {string.Join(", ", PanelNames.Keys)}");
            kinds.Add(kind);
        }
        return kinds;
    }

    /// <summary>Each by its job's name; where two have the same one, by its directory too.</summary>
    private static List<(string Name, RunHistory History)> Load(string[] directories)
    {
        var runs = directories.Select(directory => (Directory: directory.TrimEnd('/'), History: RunHistory.Load(directory))).ToList();
        var areNamesDistinct = runs.Select(run => run.History.Name).Distinct(StringComparer.Ordinal).Count() == runs.Count;
        return [.. runs.Select(run => (areNamesDistinct ? run.History.Name : run.Directory, run.History))];
    }

    private static void Save(string path, byte[] picture)
    {
        try
        {
            File.WriteAllBytes(path, picture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--out", $"{path} can't be written: {error.Message}");
        }
    }
}
