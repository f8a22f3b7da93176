using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Tests.Data;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Models;

/// <summary>Our networks against torchvision's, from the same weights: a training step's heads, loss, gradients and batch statistics, and evaluation.</summary>
public class TorchvisionParityTests
{
    private const double Tolerance = 1e-9;
    private const string FashionMnist = "/usr/share/datasets/fashion-mnist";

    private static readonly double[] AuxiliaryWeights = [0.4, 0.3];

    private static readonly Dictionary<string, string> TorchvisionNames = new()
    {
        ["inception-v3"] = "inception_v3",
        ["googlenet-torchvision"] = "googlenet",
    };

    [Theory]
    [InlineData("inception-v3", true)]
    [InlineData("inception-v3", false)]
    [InlineData("googlenet-torchvision", true)]
    [InlineData("googlenet-torchvision", false)]
    public void StateDict_HasTorchvisionsNamesAndShapesInItsOrder(string name, bool auxiliary)
    {
        TorchvisionReference.Require();
        using var network = ModelFactory.Create(Networks.Spec(name, auxiliary));

        network.state_dict().Select(entry => $"{entry.Key} {string.Join('x', entry.Value.shape)}")
            .ShouldBe(TorchvisionReference.Keys(TorchvisionNames[name], auxiliary));
    }

    [Theory]
    [InlineData("inception-v3", 2, 299, 299, true)]
    [InlineData("inception-v3", 4, 75, 75, false)]
    [InlineData("googlenet-torchvision", 2, 97, 109, true)]
    [InlineData("googlenet-torchvision", 4, 64, 64, false)]
    public void TrainingStep_InDoublePrecision_IsTorchvisions(string name, int batch, int height, int width, bool auxiliary) =>
        CompareStep(name, batch, height, width, auxiliary);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("inception-v3", 8, 299, 299)]
    [InlineData("inception-v3", 3, 331, 347)]
    [InlineData("googlenet-torchvision", 8, 299, 299)]
    [InlineData("googlenet-torchvision", 3, 331, 347)]
    public void TrainingStep_OfLargeImages_IsTorchvisions(string name, int batch, int height, int width) => CompareStep(name, batch, height, width, auxiliary: true);

    [Theory]
    [InlineData("inception-v3", 8, 139, 139, false)]
    [InlineData("googlenet-torchvision", 8, 96, 96, true)]
    public void TrainingStep_InSinglePrecision_ErrsAtMostTwiceAsMuchAsPyTorch(string name, int batch, int height, int width, bool auxiliary) =>
        CompareErrors(name, batch, height, width, auxiliary);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("inception-v3", 8, 299, 299)]
    [InlineData("inception-v3", 3, 331, 347)]
    [InlineData("googlenet-torchvision", 8, 299, 299)]
    [InlineData("googlenet-torchvision", 3, 331, 347)]
    public void TrainingStep_OfLargeImagesInSinglePrecision_ErrsAtMostTwiceAsMuchAsPyTorch(string name, int batch, int height, int width) =>
        CompareErrors(name, batch, height, width, auxiliary: true);

    [Theory]
    [InlineData("googlenet-torchvision", 64, true, 0.05)]
    public void TrainingStep_OfWeightsTrainedHere_IsTorchvisions(string name, int size, bool auxiliary, double learningRate) =>
        CompareTrained(name, size, auxiliary, learningRate, batch: 4, size, size);

    [Fact]
    [Trait("Category", "Long")]
    public void TrainingStep_OfInceptionV3TrainedHere_IsTorchvisions() =>
        CompareTrained("inception-v3", 75, auxiliary: false, learningRate: 0.01, batch: 4, 75, 75);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("inception-v3", 75, 0.01, 8, 299, 299)]
    [InlineData("inception-v3", 75, 0.01, 3, 331, 347)]
    [InlineData("googlenet-torchvision", 64, 0.05, 8, 299, 299)]
    [InlineData("googlenet-torchvision", 64, 0.05, 3, 331, 347)]
    public void TrainingStep_OfLargeImagesAndWeightsTrainedHere_IsTorchvisions(string name, int trainedAt, double learningRate, int batch, int height, int width) =>
        CompareTrained(name, trainedAt, auxiliary: true, learningRate, batch, height, width);

    private static void CompareTrained(string name, int trainedAt, bool auxiliary, double learningRate, int batch, int height, int width)
    {
        TorchvisionReference.Require();
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["weights"]);
        using (var trained = Train(name, trainedAt, auxiliary, learningRate)) TorchvisionReference.Write(trained, directory["weights"]);
        CompareStep(name, batch, height, width, auxiliary, directory["weights"]);
    }

    // Thirty steps on Fashion-MNIST, after which the network has learnt something. Without dropout, whose random numbers other tests draw from too.
    private static InceptionNetwork Train(string name, int size, bool auxiliary, double learningRate)
    {
        const int Batch = 16, Steps = 30;
        Assert.SkipUnless(Directory.Exists(FashionMnist), "The package dataset-fashion-mnist is not installed.");
        var network = ModelFactory.Create(WithoutDropout(name, auxiliary));
        Initialization.Apply(network, seed: 1, InitKind.He);
        var builder = Builders.Create(IdxDataset.Open(FashionMnist, "train", Batch * Steps, 10, "data.train"), size, new AugmentSpec(), seed: 1);
        var (images, labels) = (new float[Batch * builder.ImageElements], new long[Batch]);
        var losses = new List<double>();
        network.train();
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            builder.Fill([.. Enumerable.Range(step * Batch, Batch).Select(sample => new SampleReference(0, sample))], training: true, images, labels);
            var output = network.call(tensor(images, [Batch, size, size, 3]).permute(0, 3, 1, 2));
            var loss = nn.functional.cross_entropy(output.Logits, tensor(labels, [Batch]));
            foreach (var logits in output.AuxiliaryLogits) loss += 0.3 * nn.functional.cross_entropy(logits, tensor(labels, [Batch]));
            loss.backward();
            losses.Add(loss.ToDouble());
            using var quiet = no_grad();
            foreach (var (_, parameter) in network.named_parameters())
            {
                if (parameter.grad is not { } gradient) continue;
                parameter.add_(gradient, -learningRate);
                gradient.zero_();
            }
        }

        losses.TakeLast(5).Average().ShouldBeLessThan(losses[0] * 2 / 3, "or it would not have learnt");
        return network;
    }

    private static void CompareErrors(string name, int batch, int height, int width, bool auxiliary)
    {
        TorchvisionReference.Require();
        using var reference = TorchvisionReference.Step(TorchvisionNames[name], batch, height, width, auxiliary, single: true);
        using var network = Load(name, reference, auxiliary, float32);
        using var step = new Step(network, reference, float32);

        var (ours, theirs) = (ErrorOf(entry => step.Gradients[entry].to(float64)), ErrorOf(entry => reference[$"single.grad.{entry}"].to(float64)));
        var (oursOfLogits, theirsOfLogits) = (Distance(step.Logits.to(float64), reference["logits"]), Distance(reference["single.logits"].to(float64), reference["logits"]));
        TestContext.Current.TestOutputHelper?.WriteLine($"{name} {batch}x3x{height}x{width}: gradients {ours:e2} against {theirs:e2}, logits {oursOfLogits:e2} against {theirsOfLogits:e2}");
        ours.ShouldBeLessThanOrEqualTo(2 * theirs);
        oursOfLogits.ShouldBeLessThanOrEqualTo(2 * theirsOfLogits);

        // Over all parameters at once: ‖gradient − exact‖ / ‖exact‖.
        double ErrorOf(Func<string, Tensor> gradient)
        {
            using var scope = NewDisposeScope();
            var (error, size) = (0.0, 0.0);
            foreach (var entry in step.Gradients.Keys)
            {
                var exact = reference[$"grad.{entry}"];
                error += (gradient(entry) - exact).square().sum().ToDouble();
                size += exact.square().sum().ToDouble();
            }

            return Math.Sqrt(error / size);
        }
    }

    private static void CompareStep(string name, int batch, int height, int width, bool auxiliary, string? weights = null)
    {
        TorchvisionReference.Require();
        using var reference = TorchvisionReference.Step(TorchvisionNames[name], batch, height, width, auxiliary, weights: weights);
        using var network = Load(name, reference, auxiliary, float64);
        using var step = new Step(network, reference, float64);

        step.Loss.ShouldBe(reference["loss"].ToDouble(), Tolerance);
        step.Gradients.Count.ShouldBe(reference.Tensors.Keys.Count(entry => entry.StartsWith("grad.", StringComparison.Ordinal)));
        step.Auxiliaries.Count.ShouldBe(reference.Tensors.Keys.Count(entry => entry.StartsWith("auxiliary.", StringComparison.Ordinal)));
        step.Auxiliaries.Count.ShouldBe(!auxiliary ? 0 : name == "inception-v3" ? 1 : 2);
        (string Name, double Distance)[] distances =
        [
            ("logits", Distance(step.Logits, reference["logits"])),
            .. step.Auxiliaries.Select((logits, index) => ($"auxiliary.{index}", Distance(logits, reference[$"auxiliary.{index}"]))),
            .. step.Gradients.Select(entry => (entry.Key, Distance(entry.Value, reference[$"grad.{entry.Key}"]))),
            .. step.Statistics.Select(entry => (entry.Key, Distance(entry.Value, reference[$"batch.{entry.Key}"]))),
            .. Evaluate(network, reference),
        ];
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{name} {batch}x3x{height}x{width}: largest distance of {distances.Length} tensors {distances.Max(entry => entry.Distance):e2}");
        distances.Where(entry => !(entry.Distance < Tolerance)).ShouldBeEmpty();
    }

    private static IEnumerable<(string, double)> Evaluate(InceptionNetwork network, TorchvisionReference reference)
    {
        network.eval();
        using var quiet = no_grad();
        foreach (var other in new[] { "", "other_" })
        {
            var evaluated = network.call(reference[$"{other}images"].to(float64));
            evaluated.AuxiliaryLogits.ShouldBeEmpty();
            yield return ($"{other}evaluated", Distance(evaluated.Logits, reference[$"{other}evaluated"]));
        }
    }

    private static InceptionNetwork Load(string name, TorchvisionReference reference, bool auxiliary, ScalarType dtype)
    {
        var network = ModelFactory.Create(WithoutDropout(name, auxiliary)).to(dtype);
        using var quiet = no_grad();
        foreach (var (parameterName, parameter) in network.named_parameters())
            parameter.copy_(reference[$"weight.{parameterName}"]);
        return network;
    }

    private static ModelSpec WithoutDropout(string name, bool auxiliary) =>
        Networks.Spec(name, auxiliary) with { Dropout = 0, Auxiliary = new AuxiliarySpec { Enabled = auxiliary, Dropout = 0 } };

    /// <summary>‖a − b‖ / ‖b‖.</summary>
    private static double Distance(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return ((a - b).norm() / b.norm()).ToDouble();
    }

    /// <summary>A training step with the reference's images and labels.</summary>
    private sealed class Step : IDisposable
    {
        private readonly DisposeScope _scope = NewDisposeScope();

        public Step(InceptionNetwork network, TorchvisionReference reference, ScalarType dtype)
        {
            network.train();
            var output = network.call(ChannelsLast(reference["images"].to(dtype)));
            var loss = SmoothedLoss(output.Logits);
            foreach (var (weight, auxiliary) in AuxiliaryWeights.Zip(output.AuxiliaryLogits))
                loss += weight * SmoothedLoss(auxiliary);
            loss.backward();

            Loss = loss.ToDouble();
            Logits = output.Logits.detach();
            Auxiliaries = [.. output.AuxiliaryLogits.Select(logits => logits.detach())];
            Gradients = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!);
            Statistics = network.named_buffers().Where(entry => entry.name.Contains("running", StringComparison.Ordinal))
                .ToDictionary(entry => entry.name, entry => entry.buffer);

            Tensor SmoothedLoss(Tensor logits) => nn.functional.cross_entropy(logits, reference["labels"], label_smoothing: 0.1);
        }

        public double Loss { get; }

        public Tensor Logits { get; }

        public IReadOnlyList<Tensor> Auxiliaries { get; }

        public Dictionary<string, Tensor> Gradients { get; }

        public Dictionary<string, Tensor> Statistics { get; }

        public void Dispose() => _scope.Dispose();

        private static Tensor ChannelsLast(Tensor images) => images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }
}
