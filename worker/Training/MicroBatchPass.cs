using Inception.Distributed.Jobs;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Collectives;
using Inception.Distributed.Worker.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>Forward and loss of one micro-batch: <see cref="Load"/>, then <see cref="Forward"/>.</summary>
internal sealed class MicroBatchPass(Replica replica) : IDisposable
{
    private readonly JobSpec _job = replica.Job;
    private readonly Mixing _mixing = new(replica.Job.Data.Augment, replica.Job.Batch.MicroBatchSize, replica.Job.Model.InputSize, replica.Job.Seed);

    // Forward reads the losses, which waits for the device, so one memory each is enough.
    private readonly StagedCopy? _images = Staged(replica, [replica.Job.Batch.MicroBatchSize, replica.Job.Model.InputSize, replica.Job.Model.InputSize, 3], float32);
    private readonly StagedCopy? _labels = Staged(replica, [replica.Job.Batch.MicroBatchSize], int64);

    /// <summary>The model's parameters in the arena's order.</summary>
    public IReadOnlyList<Tensor> Parameters { get; } = InArenaOrder(replica);

    /// <summary>Images as a channels-last tensor [N, 3, H, W] in fp32, labels as int64 [N], on the replica's device; mixed where the job mixes.</summary>
    public (Tensor Images, Targets Targets) Load(MicroBatch input)
    {
        var (count, size) = (input.Labels.Length, _job.Model.InputSize);
        var images = (_images?.Start(input.Images) ?? tensor(input.Images, [count, size, size, 3], float32)).permute(0, 3, 1, 2).to(replica.Device);
        var labels = _labels?.Start(input.Labels) ?? tensor(input.Labels, [count], int64).to(replica.Device);
        return (images, _mixing.For(input.Step, input.Index) is { } mixture ? Targets.Mix(images, labels, mixture) : new Targets(labels));
    }

    /// <returns>The scalar to differentiate: main loss + weight · auxiliary loss of each head, means over the micro-batch.</returns>
    public Tensor Forward(Tensor images, Targets targets, out MicroBatchRecord record)
    {
        replica.Model.train();
        using var autocast = _job.Precision == Precision.Bf16 ? TorchRuntime.AutocastCpuBf16() : null;
        var output = replica.Model.call(images);
        var main = Loss(output.Logits, targets);
        var (total, auxiliarySum) = (main, 0.0);
        for (var head = 0; head < output.AuxiliaryLogits.Count; head++)
        {
            var auxiliary = Loss(output.AuxiliaryLogits[head], targets);
            total = total.add(auxiliary, _job.Model.Auxiliary.WeightOf(head));
            auxiliarySum += auxiliary.ToDouble();
        }

        record = new MicroBatchRecord(total.ToDouble(), main.ToDouble(), auxiliarySum);
        return total;
    }

    public void Dispose()
    {
        _images?.Dispose();
        _labels?.Dispose();
    }

    private static StagedCopy? Staged(Replica replica, long[] shape, ScalarType dtype) =>
        replica.Device.type == DeviceType.CUDA ? new StagedCopy(shape, dtype, replica.Device, values => values.pin_memory()) : null;

    private Tensor Loss(Tensor logits, Targets targets) =>
        targets.Loss(labels => nn.functional.cross_entropy(logits.to(float32), labels, null, -100, nn.Reduction.Mean, _job.Loss.LabelSmoothing));

    private static Tensor[] InArenaOrder(Replica replica)
    {
        var byName = replica.Model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        return [.. replica.Layout.Parameters.Select(slot => byName[slot.Name])];
    }
}
