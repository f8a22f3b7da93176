using Inception.Distributed.Jobs;
using Inception.Distributed.Reduction;
using Inception.Distributed.Worker.Checkpointing;
using Inception.Distributed.Worker.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>
/// This worker's copy of the model: the network, its flat arenas, its optimizer. Lives as long as the process; generations come
/// and go over it. Training thread only.
/// </summary>
internal sealed class Replica : IDisposable
{
    private const double BytesPerMiB = 1 << 20;

    public Replica(JobSpec job, Device device)
    {
        Job = job;
        Device = device;
        Model = ModelFactory.Create(job.Model);
        Model.to(device);
        Layout = ArenaLayout.Of(Model);
        Arenas = TrainingArenas.Create(job, Layout, device);
        Optimizer = new Optimizer(job.Optimizer, Layout, Arenas);

        Leaf = zeros([Layout.StatisticsLength + Layout.ParameterLength], float32, device).DetachFromDisposeScope();
        BatchStatistics = Leaf.narrow(0, 0, Layout.StatisticsLength).DetachFromDisposeScope();
        Gradients = Leaf.narrow(0, Layout.StatisticsLength, Layout.ParameterLength).DetachFromDisposeScope();
        Layout.Attach(Model, Arenas[ArenaKind.Parameters], Gradients, BatchStatistics);
        Buckets = new BucketPlan(LeafLengths(), (long)Math.Max(1, job.Workers.BucketMiB * BytesPerMiB / sizeof(float)));
    }

    public JobSpec Job { get; }

    public Device Device { get; }

    public nn.Module<Tensor, InceptionOutput> Model { get; }

    public ArenaLayout Layout { get; }

    public TrainingArenas Arenas { get; }

    public Optimizer Optimizer { get; }

    /// <summary>
    /// What one micro-batch writes and the tree reduces: BatchNorm's batch statistics, then the gradients. The statistics are the
    /// modules' "running" buffers: with momentum 1 the forward pass leaves exactly the batch's own there.
    /// </summary>
    public Tensor Leaf { get; }

    public Tensor BatchStatistics { get; }

    public Tensor Gradients { get; }

    public BucketPlan Buckets { get; }

    /// <summary>The bucket of each parameter, in the layout's order.</summary>
    public IReadOnlyList<int> BucketOfParameter => [.. Buckets.BucketOfTensor.Skip(Layout.StatisticsLength > 0 ? 1 : 0)];

    /// <summary>Step 0: weights keyed by the job's seed or those that it starts from, running averages and optimizer at their beginnings.</summary>
    /// <exception cref="UserErrorException">The weights to start from can't be read here, or are others than the coordinator's.</exception>
    public void Initialize()
    {
        using var quiet = no_grad();
        Initialization.Apply(Model, Job.Seed, Job.Model.EffectiveInit);
        if (Job.Model.Weights.Length > 0) WeightsLoader.LoadInitial(Job.Model, Model);
        Arenas[ArenaKind.Statistics].copy_(BatchStatistics);
        Optimizer.Initialize();
        Arenas.Find(ArenaKind.History)?.fill_(double.NaN);
        (Arenas.Step, Arenas.Corrupt) = (0, 0);
    }

    public void Dispose()
    {
        Model.Dispose();
        Arenas.Dispose();
        BatchStatistics.Dispose();
        Gradients.Dispose();
        Leaf.Dispose();
    }

    private List<long> LeafLengths()
    {
        var lengths = new List<long>();
        if (Layout.StatisticsLength > 0) lengths.Add(Layout.StatisticsLength);
        var offsets = Layout.Parameters.Select(slot => slot.Offset).Append(Layout.ParameterLength).ToArray();
        for (var index = 0; index < Layout.Parameters.Count; index++) lengths.Add(offsets[index + 1] - offsets[index]);
        return lengths;
    }
}
