using System.CommandLine;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Checkpoints.PyTorch;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Checkpointing;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>checkpoint import</c>: weights of torchvision and timm as a checkpoint.</summary>
internal static class CheckpointImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A .safetensors file, or a .pth or .pt that torch.save wrote of a state dict. Nothing in it is executed." };
        var output = new Option<string>("--output") { Description = "The checkpoint's directory, which must not exist.", HelpName = "DIR", Required = true };
        var job = new Option<string?>("--job") { Description = "The job whose network and images the weights are for. Default: the network is told from names and shapes.", HelpName = "JOB.yaml" };
        var network = new Option<string?>("--network") { Description = "The network's name, where names and shapes leave it open.", HelpName = "NAME" };
        var size = new Option<int?>("--input-size") { Description = "Height and width of the images that the weights were trained on. Default: 299.", HelpName = "PIXELS", CustomParser = Parsers.Count };
        var mean = new Option<double?>("--mean") { Description = "Subtracted from intensities of 0…1. Default: 0.5, as torchvision's Inception networks with transform_input and timm's have it.", HelpName = "M" };
        var deviation = new Option<double?>("--deviation") { Description = "Divides what is left. Default: 0.5.", HelpName = "S" };
        var command = new ExampleCommand("import", "Makes a checkpoint of a file of weights, for model.weights of a job to start from.",
            "inception checkpoint import inception_v3_google-0cc3c7bd.pth --output weights/inception-v3",
            "inception train jobs/flowers.yaml --set model.weights=weights/inception-v3")
        {
            file, output, job, network, size, mean, deviation,
        };
        command.SetAction(line =>
        {
            using var weights = WeightsFile.Open(line.GetRequiredValue(file));
            var directory = line.GetRequiredValue(output);
            if (Path.Exists(directory)) throw new UserErrorException("--output", $"{directory} exists already");
            var spec = line.GetValue(job) is { } path
                ? JobFile.Load(path, [])
                : JobOf(weights, line.GetValue(network), line.GetValue(size), line.GetValue(mean), line.GetValue(deviation));
            try
            {
                var (checkpoint, match) = WeightsImport.Run(weights, spec, directory, TimeProvider.System);
                foreach (var text in Report(weights, spec.Model, directory, checkpoint.Bytes, match)) Console.WriteLine(text);
                return ExitCode.Ok;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new UserErrorException("--output", $"{directory} can't be written: {error.Message}");
            }
            catch (TorchFileException error)
            {
                throw new UserErrorException(weights.Path, error.Problem);
            }
        });
        return command;
    }

    /// <summary>
    /// The job that stands for weights without one: it says what the network is and how its images are made, for evaluation and for jobs
    /// that start from it; its data are made up.
    /// </summary>
    private static JobSpec JobOf(IWeightsFile weights, string? network, int? size, double? mean, double? deviation)
    {
        if (network is not null && !KnownNetworks.Names.Contains(network))
            throw new UserErrorException("--network", $"there is no network '{network}'{Text.NearestName.Hint(network, KnownNetworks.Names)} ({string.Join(", ", KnownNetworks.Names)})");
        var model = NetworkInference.Of(weights, network);
        var normalize = new NormalizeSpec();
        var job = new JobSpec
        {
            Name = Path.GetFileNameWithoutExtension(weights.Path),
            Model = model with { InputSize = size ?? model.InputSize },
            Data = new DataSpec
            {
                Train = [new SourceSpec { Format = DatasetFormat.Synthetic, Limit = 2 }],
                Normalize = new NormalizeSpec { Mean = mean ?? normalize.Mean, Deviation = deviation ?? normalize.Deviation },
            },
            Batch = new BatchSpec { Global = 2, MicroBatches = 1 },
            Optimizer = new OptimizerSpec { Name = OptimizerKind.Sgd, LearningRate = 0.01 },
            Schedule = new ScheduleSpec { Epochs = 1 },
        };
        return JobFile.Parse(JobFile.Write(job), "the weights' job");
    }

    private static IEnumerable<string> Report(IWeightsFile weights, ModelSpec model, string directory, long bytes, WeightsMatch match)
    {
        var section = weights is TorchFile { Section: { } name } ? $" under '{name}'" : "";
        var heads = match.Taken.Any(taken => WeightNames.IsAuxiliary(taken.Name)) ? "with auxiliary heads" : "no auxiliary head";
        yield return Format.Text($"{weights.Path}{section}: {model.Name}, width {model.Width}, {match.FileClasses} classes, {heads}; {match.Taken.Count} of {weights.Entries.Count} tensors taken");
        if (match.LeftOut.Count > 0) yield return $"  left out    {Format.Count(match.LeftOut.Count, "tensor")} of auxiliary heads, which the job turns off";
        if (match.Reinitialized.Count > 0)
        {
            var why = match.FileClasses != model.Classes ? $"the file has {match.FileClasses} classes, the job {model.Classes}" : "the file has no auxiliary head";
            yield return $"  random      {string.Join(", ", match.Reinitialized.Take(6))}{(match.Reinitialized.Count > 6 ? ", …" : "")} ({why})";
        }

        yield return Format.Text($"  checkpoint  {directory} ({bytes / 1e6:0.0} MB)");
        yield return $"  start from it with  --set model.weights={directory}";
    }
}
