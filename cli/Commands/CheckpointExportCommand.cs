using System.CommandLine;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>checkpoint export</c>: a checkpoint's weights as one file for PyTorch.</summary>
internal static class CheckpointExportCommand
{
    private static readonly Dictionary<string, string> TorchvisionBuilders = new()
    {
        ["inception-v3"] = "inception_v3",
        ["googlenet-torchvision"] = "googlenet",
    };

    public static Command Create()
    {
        var source = new Argument<string>("CHECKPOINT") { Description = "A checkpoint's directory, or a run's for its newest one." };
        var output = new Option<string>("--output") { Description = "The file to write, which must not exist.", HelpName = "FILE", Required = true };
        var format = new Option<string?>("--format") { Description = "safetensors or pth (a state dict as of torch.save). Default: by the file's ending.", HelpName = "FORMAT" };
        var weights = new Option<string?>("--weights") { Description = "ema: the running average; raw: what was trained. Default: as evaluated, ema where the checkpoint has it.", HelpName = "ema|raw" };
        var command = new ExampleCommand("export", "Writes a checkpoint's weights, BatchNorm statistics included, as one file under torchvision's names.",
            "inception checkpoint export runs/fashion-mnist --output fashion-mnist.safetensors",
            "inception checkpoint export runs/fashion-mnist/checkpoints/step-00003046 --weights raw --output fashion-mnist.pth")
        {
            source, output, format, weights,
        };
        command.SetAction(line =>
        {
            var path = line.GetRequiredValue(output);
            var kind = FormatOf(line.GetValue(format), path);
            var checkpoint = CheckpointPath.Open(line.GetRequiredValue(source), line.GetRequiredValue(source));
            var file = WeightsExport.FileOf(checkpoint, line.GetValue(weights));
            var entries = WeightsExport.Write(checkpoint, file, kind, path);
            foreach (var text in Report(path, checkpoint, file, entries)) Console.WriteLine(text);
            return ExitCode.Ok;
        });
        return command;
    }

    private static WeightsFormat FormatOf(string? format, string path) => (format, Path.GetExtension(path)) switch
    {
        ("safetensors", _) or (null, ".safetensors") => WeightsFormat.Safetensors,
        ("pth", _) or (null, ".pth" or ".pt") => WeightsFormat.Pth,
        (null, _) => throw new UserErrorException("--output", $"'{path}' ends neither in .safetensors nor in .pth; choose one, or give --format"),
        _ => throw new UserErrorException("--format", $"'{format}' is not written; there are safetensors and pth{(format == "onnx" ? " (PyTorch makes ONNX files of either)" : "")}"),
    };

    private static IEnumerable<string> Report(string path, Checkpoint checkpoint, string file, IReadOnlyList<TensorEntry> entries)
    {
        var job = JobFile.Parse(checkpoint.State.JobYaml, checkpoint.Directory);
        var kind = file == CheckpointFiles.Ema ? "the running average of the weights" : "the weights";
        yield return Format.Text($"{path}: {kind} of step {checkpoint.State.Step}, {entries.Count} tensors, {new FileInfo(path).Length / 1e6:0.0} MB");
        var images = checkpoint.State.Preprocessing ?? Preprocessing.Of(job);
        yield return Format.Text($"  images      {images.InputSize}×{images.InputSize} {images.Channels}, (x − {images.Mean[0]}) / {images.Deviation[0]} of intensities 0…1");
        yield return DeviationFromTorchvision(job.Model) is not { } deviation
            ? $"  loads into  torchvision.models.{TorchvisionBuilders[job.Model.Name]}(weights=None, init_weights=False, num_classes={job.Model.Classes}, "
                + $"aux_logits={(entries.Any(entry => WeightNames.IsAuxiliary(entry.Name)) ? "True" : "False")}, transform_input=False)"
            : $"  loads into  the same network; torchvision has no {job.Model.Name}{deviation}";
    }

    /// <summary>What torchvision's network lacks of this one: some of that loads all the same, and would then give other results. Null: nothing.</summary>
    internal static string? DeviationFromTorchvision(ModelSpec model) => model switch
    {
        _ when !TorchvisionBuilders.ContainsKey(model.Name) => "",
        { Width: not 1 } => Format.Text($" of width {model.Width}"),
        { Stem: not StemKind.Standard } => " with another stem",
        { CountIncludePad: false } => " that leaves the padding out of its average pooling",
        _ => null,
    };
}
