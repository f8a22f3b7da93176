using System.Globalization;
using System.Runtime.InteropServices;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Tests.Data;
using Inception.Distributed.Worker.Checkpointing;
using Inception.Distributed.Worker.Models;
using Inception.Distributed.Worker.Training;
using Inception.Distributed.Worker.Evaluation;
using Inception.Distributed.Worker.Tests.Models;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Checkpointing;

/// <summary>Weights between torchvision and this program, both ways, told by what the two networks say of real images.</summary>
public sealed class WeightsWithPyTorchTests : IDisposable
{
    private const string FashionMnist = "/usr/share/datasets/fashion-mnist";
    private const int Images = 24;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("plain", true, 580), InlineData("awkward", false, 566)]
    public void StateDictOfTorchvision_Imported_PredictsTheSameOfEveryImage_AndGoesBackUnchanged(string form, bool auxiliary, int tensors)
    {
        TorchvisionReference.Require();
        Assert.SkipUnless(Directory.Exists(FashionMnist), "The package dataset-fashion-mnist is not installed.");
        WriteImages();
        string[] options = ["--images", _directory["images"], .. auxiliary ? ["--auxiliary"] : Array.Empty<string>()];
        var theirs = Logits(TorchvisionReference.RunScript("torchvision_weights.py", ["save", _directory["v3.pth"], "--form", form, .. options]));

        using (var file = WeightsFile.Open(_directory["v3.pth"]))
        {
            var model = NetworkInference.Of(file, name: null);
            model.ShouldBe(new ModelSpec { Name = "inception-v3", Classes = 10, Auxiliary = new AuxiliarySpec { Enabled = auxiliary } });
            var (_, match) = WeightsImport.Run(file, Job(model), _directory["imported"], TimeProvider.System);
            match.Taken.Count.ShouldBe(tensors);
            match.Reinitialized.ShouldBeEmpty();
        }

        ShouldPredictTheSame(Predict("imported"), theirs);
        var checkpoint = Checkpoint.Open(_directory["imported"]);
        WeightsExport.Write(checkpoint, CheckpointFiles.Weights, WeightsFormat.Pth, _directory["out.pth"]);
        WeightsExport.Write(checkpoint, CheckpointFiles.Weights, WeightsFormat.Safetensors, _directory["out.safetensors"]);
        var back = Logits(TorchvisionReference.RunScript("torchvision_weights.py", ["predict", _directory["out.pth"], _directory["out.safetensors"], .. options]));
        back.ShouldBe([.. theirs, .. theirs]);
        using var written = WeightsFile.Open(_directory["out.pth"]);
        written.Entries.Where(entry => WeightNames.IsCounter(entry.Name)).ShouldAllBe(entry => TensorValues.ReadCounter(written, entry) == 5000);
    }

    [Fact]
    public void Import_ForAJobWithOtherClasses_ReinitializesAllHeadsByTheJobsSeed()
    {
        using var file = Export(new ModelSpec { Name = "inception-v3", Classes = 7, Width = 0.1 });
        var job = Job(new ModelSpec { Name = "inception-v3", Classes = 10, Width = 0.1 }) with { Seed = 5 };

        var (_, match) = WeightsImport.Run(file, job, _directory["imported"], TimeProvider.System);

        match.Reinitialized.ShouldBe(["AuxLogits.fc.weight", "AuxLogits.fc.bias", "fc.weight", "fc.bias"]);
        using var network = ModelFactory.Create(job.Model);
        Initialization.Apply(network, seed: 5, InitKind.TruncatedNormal);
        using var imported = SafetensorsFile.Open(_directory["imported/weights.safetensors"]);
        foreach (var name in match.Reinitialized)
        {
            var entry = imported.Entries.Single(entry => entry.Name == name);
            TensorValues.ReadSingles(imported, entry).ShouldBe(network.state_dict()[name].data<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(0.1), InlineData(0.25), InlineData(0.33)]
    public void Network_OfScaledWeights_IsTold(double width)
    {
        var model = new ModelSpec { Name = "inception-v3", Classes = 7, Width = width, Auxiliary = new AuxiliarySpec { Enabled = false } };
        using var file = Export(model);

        NetworkInference.Of(file, name: null).ShouldBe(model);
    }

    [Fact]
    public void Import_AValueThatIsNotFinite_IsRefused()
    {
        using var file = Export(new ModelSpec { Name = "inception-v3", Classes = 7, Width = 0.1 }, spoil: true);

        Should.Throw<UserErrorException>(() => WeightsImport.Run(file, Job(NetworkInference.Of(file, null)), _directory["imported"], TimeProvider.System))
            .Message.ShouldContain("'fc.bias' holds NaN");
        Directory.Exists(_directory["imported"]).ShouldBeFalse();
    }

    [Fact]
    public void Replica_StartsFromTheWeights_AndNotFromTheirCounters()
    {
        var model = new ModelSpec { Name = "inception-v3", Classes = 10, Width = 0.1 };
        using (var file = Export(model)) WeightsImport.Run(file, Job(model), _directory["imported"], TimeProvider.System);
        var job = Job(model with { Weights = _directory["imported"] });
        using var replica = new Replica(job with { Optimizer = job.Optimizer with { Ema = 0.9 } }, CPU);

        replica.Initialize();

        using var weights = SafetensorsFile.Open(_directory["imported/weights.safetensors"]);
        var layout = new StateLayout(replica.Layout, replica.Arenas);
        foreach (var (file, entries) in layout.Files.Where(file => file.Name != CheckpointFiles.Optimizer))
        {
            foreach (var entry in entries.Where(entry => entry.Arena is not null))
            {
                using var value = entry.Materialize(replica.Arenas);
                value.data<float>().ToArray().ShouldBe(TensorValues.ReadSingles(weights, weights.Entries.Single(tensor => tensor.Name == entry.Name)), $"{entry.Name} of {file}");
            }
        }

        replica.Arenas.Step.ShouldBe(0);
        replica.Arenas[ArenaKind.Momentum].abs().max().ToDouble().ShouldBe(0);
    }

    /// <summary>Random weights of the network as a file.</summary>
    private SafetensorsFile Export(ModelSpec model, bool spoil = false)
    {
        using var quiet = no_grad();
        using var network = ModelFactory.Create(model);
        Initialization.Apply(network, seed: 99, InitKind.TruncatedNormal);
        var state = network.state_dict();
        if (spoil) state["fc.bias"].fill_(double.NaN);
        var entries = WeightsLoader.Entries(network);
        using (var output = File.Create(_directory["weights.safetensors"]))
            SafetensorsWriter.Write(output, entries, (index, stream) => stream.Write(WeightNames.IsCounter(entries[index].Name) ? BitConverter.GetBytes(5000L) : state[entries[index].Name].bytes));
        return SafetensorsFile.Open(_directory["weights.safetensors"]);
    }

    private static JobSpec Job(ModelSpec model) => new()
    {
        Name = "weights",
        Model = model with { InputSize = 75 },
        Data = new DataSpec
        {
            Train = [new SourceSpec { Format = DatasetFormat.Synthetic, Limit = 2 }],
            Validation = new DatasetSpec { Format = DatasetFormat.Idx, Path = FashionMnist, Split = "test", Limit = Images },
            EvaluationBlock = Images,
        },
        Batch = new BatchSpec { Global = 2, MicroBatches = 1 },
        Optimizer = new OptimizerSpec { Name = OptimizerKind.Sgd, LearningRate = 0.01 },
        Schedule = new ScheduleSpec { Epochs = 1 },
    };

    private static ValidationBlock Block()
    {
        var job = Job(new ModelSpec { Name = "inception-v3", Classes = 10 });
        return new ValidationSource(job, Worker.Data.Datasets.OpenValidation(job, _ => { }), NullLogger.Instance).BlocksOf(0, 1).Single();
    }

    private static Tensor Input()
    {
        var block = Block();
        return tensor(block.Images, [block.Count, 75, 75, 3], float32).permute(0, 3, 1, 2);
    }

    private void WriteImages()
    {
        using var scope = NewDisposeScope();
        File.WriteAllBytes(_directory["images"], MemoryMarshal.AsBytes(Input().contiguous().data<float>().ToArray().AsSpan()).ToArray());
    }

    private float[][] Predict(string directory)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var checkpoint = Checkpoint.Open(_directory[directory]);
        var model = JobFile.Parse(checkpoint.State.JobYaml, directory).Model;
        using var network = ModelFactory.Create(model);
        using var file = WeightsFile.Open(checkpoint.PathOf(CheckpointFiles.Weights));
        WeightsLoader.Copy(file, WeightsMatch.Of(WeightsLoader.Entries(network), model.Name, file), network);
        network.eval();
        return [.. network.call(Input()).Logits.contiguous().data<float>().ToArray().Chunk(model.Classes)];
    }

    private static float[][] Logits(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray())];

    private static void ShouldPredictTheSame(float[][] ours, float[][] theirs)
    {
        ours.Length.ShouldBe(Images);
        theirs.Length.ShouldBe(Images);
        ours.Select(Top1).ShouldBe(theirs.Select(Top1));
        ours.Select(Top1).Distinct().Count().ShouldBeGreaterThan(1, "or the images would tell nothing");
        foreach (var (left, right) in ours.Zip(theirs)) left.Zip(right).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= 1e-3 * right.Max(Math.Abs));

        static int Top1(float[] logits) => Array.IndexOf(logits, logits.Max());
    }
}
