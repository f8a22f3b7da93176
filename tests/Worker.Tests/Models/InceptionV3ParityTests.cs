using Inception.Distributed.Worker.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Models;

/// <summary>Our network against torchvision's, from the same weights: a training step's loss, gradients and batch statistics, and evaluation.</summary>
public class InceptionV3ParityTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void TrainingStep_InDoublePrecision_IsTorchvisions() => CompareStep(batch: 2, height: 299, width: 299, auxiliary: true);

    [Fact]
    [Trait("Category", "Long")]
    public void TrainingStep_OfOblongImages_IsTorchvisions() => CompareStep(batch: 3, height: 331, width: 347, auxiliary: true);

    [Fact]
    public void TrainingStep_OfSmallImages_IsTorchvisions() => CompareStep(batch: 4, height: 75, width: 75, auxiliary: false);

    [Fact]
    public void TrainingStep_InSinglePrecision_ErrsAtMostTwiceAsMuchAsPyTorch()
    {
        TorchvisionReference.Require();
        using var reference = TorchvisionReference.Step(batch: 8, height: 139, width: 139, auxiliary: false, single: true);
        using var network = Load(reference, auxiliary: false, float32);
        using var step = new Step(network, reference, float32);

        var ours = ErrorOf(name => step.Gradients[name].to(float64));
        var theirs = ErrorOf(name => reference[$"single.grad.{name}"].to(float64));
        ours.ShouldBeLessThanOrEqualTo(2 * theirs);
        Distance(step.Logits.to(float64), reference["logits"])
            .ShouldBeLessThanOrEqualTo(2 * Distance(reference["single.logits"].to(float64), reference["logits"]));

        // Over all parameters at once: ‖gradient − exact‖ / ‖exact‖.
        double ErrorOf(Func<string, Tensor> gradient)
        {
            using var scope = NewDisposeScope();
            var (error, size) = (0.0, 0.0);
            foreach (var name in step.Gradients.Keys)
            {
                var exact = reference[$"grad.{name}"];
                error += (gradient(name) - exact).square().sum().ToDouble();
                size += exact.square().sum().ToDouble();
            }

            return Math.Sqrt(error / size);
        }
    }

    private static void CompareStep(int batch, int height, int width, bool auxiliary)
    {
        TorchvisionReference.Require();
        using var reference = TorchvisionReference.Step(batch, height, width, auxiliary);
        using var network = Load(reference, auxiliary, float64);
        using var step = new Step(network, reference, float64);

        step.Loss.ShouldBe(reference["loss"].ToDouble(), Tolerance);
        Distance(step.Logits, reference["logits"]).ShouldBeLessThan(Tolerance);
        step.Gradients.Count.ShouldBe(reference.Tensors.Keys.Count(name => name.StartsWith("grad.", StringComparison.Ordinal)));
        var far = step.Gradients
            .Select(entry => (Name: entry.Key, Distance: Distance(entry.Value, reference[$"grad.{entry.Key}"])))
            .Concat(step.Statistics.Select(entry => (Name: entry.Key, Distance: Distance(entry.Value, reference[$"batch.{entry.Key}"]))))
            .Where(entry => !(entry.Distance < Tolerance));
        far.ShouldBeEmpty();

        network.eval();
        using var quiet = no_grad();
        var evaluated = network.call(reference["images"].to(float64));
        evaluated.AuxiliaryLogits.ShouldBeEmpty();
        Distance(evaluated.Logits, reference["evaluated"]).ShouldBeLessThan(Tolerance);
    }

    private static InceptionV3 Load(TorchvisionReference reference, bool auxiliary, ScalarType dtype)
    {
        var network = new InceptionV3(Networks.Spec("inception-v3", auxiliary) with { Dropout = 0 }).to(dtype);
        using var quiet = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
            parameter.copy_(reference[$"weight.{name}"]);
        return network;
    }

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

        public Step(InceptionV3 network, TorchvisionReference reference, ScalarType dtype)
        {
            network.train();
            var output = network.call(ChannelsLast(reference["images"].to(dtype)));
            var loss = SmoothedLoss(output.Logits);
            foreach (var auxiliary in output.AuxiliaryLogits)
                loss += 0.4 * SmoothedLoss(auxiliary);
            loss.backward();

            Loss = loss.ToDouble();
            Logits = output.Logits.detach();
            Gradients = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!);
            Statistics = network.named_buffers().Where(entry => entry.name.Contains("running", StringComparison.Ordinal))
                .ToDictionary(entry => entry.name, entry => entry.buffer);

            Tensor SmoothedLoss(Tensor logits) => nn.functional.cross_entropy(logits, reference["labels"], label_smoothing: 0.1);
        }

        public double Loss { get; }

        public Tensor Logits { get; }

        public Dictionary<string, Tensor> Gradients { get; }

        public Dictionary<string, Tensor> Statistics { get; }

        public void Dispose() => _scope.Dispose();

        private static Tensor ChannelsLast(Tensor images) => images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }
}
