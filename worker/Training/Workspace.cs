using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Sampling;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Checkpointing;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Evaluation;
using Inception.Distributed.Worker.Session;
using Microsoft.Extensions.Logging;
using TorchSharp;

namespace Inception.Distributed.Worker.Training;

/// <summary>All that a worker needs for its job, whatever the generation: datasets, replica, evaluator, checkpoints. Training thread only.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly DatasetPair _data;
    private readonly StateLayout _state;
    private readonly ILogger _log;
    private bool _initialized;

    private Workspace(JobSpec job, DatasetPair data, JobPlan plan, Replica replica, IOutbox outbox, ILogger log)
    {
        _log = log;
        Job = job;
        Plan = plan;
        Replica = replica;
        _data = data;
        Corrupt = new CorruptBudget(job.Data.MaxCorrupt, data.Train.Count);
        _state = new StateLayout(replica.Layout, replica.Arenas);
        Evaluator = new Evaluator(replica, plan, new ValidationSource(job, data.Validation, log));
        Saver = new CheckpointSaver(plan, replica, _state, data, outbox, TimeProvider.System, log);
    }

    public JobSpec Job { get; }

    public JobPlan Plan { get; }

    public Replica Replica { get; }

    public CorruptBudget Corrupt { get; }

    /// <summary>Samples that rollbacks passed over, as the newest assignment has them.</summary>
    public IReadOnlyList<Sampling.PassedOver> PassedOver { get; set; } = [];

    public Evaluator Evaluator { get; }

    public CheckpointSaver Saver { get; }

    /// <exception cref="UserErrorException">The job's dataset or device can't be used here.</exception>
    public static Workspace Open(Welcome welcome, WorkerOptions options, IOutbox outbox, ILogger log)
    {
        var job = JobFile.Parse(welcome.JobYaml, "the coordinator's job");
        TorchRuntime.SetThreads(job.Workers.Threads);
        if (TorchRuntime.UsesReferenceBlas) log.ReferenceBlas(TorchRuntime.Versions.Blas);
        if (options.Device != "cpu") TorchRuntime.SetDeterministicCuda();

        var data = DatasetPair.Open(job, log);
        var plan = new JobPlan(job, data.Train.Sources, data.Validation?.Count ?? 0);
        var replica = new Replica(job, torch.device(options.Device));
        log.Opened(data.Train.Count, data.Validation?.Count ?? 0, replica.Layout.Parameters.Sum(slot => slot.Length), TorchRuntime.Versions.ToString());
        return new Workspace(job, data, plan, replica, outbox, log);
    }

    /// <summary>What must be alike on all workers of a deterministic job, down to the bits of a reference micro-batch's gradient.</summary>
    public Protocol.Fingerprint TakeFingerprint()
    {
        Replica.Initialize();
        _initialized = true;
        using var data = OpenDataOfStep([0]);
        return FingerprintProbe.Take(Replica, data.Take(0, 0, CancellationToken.None), _data);
    }

    /// <summary>
    /// Brings the replica to where the generation starts. Also one that stands at that step: a rollback may have passed over what its state was
    /// trained on.
    /// </summary>
    public void GoTo(StartingPoint start)
    {
        if (start.Checkpoint.Length > 0)
        {
            _initialized = false;
            CheckpointLoader.Load(start.Checkpoint, start.Step, _state, Replica);
        }
        else if (Replica.Arenas.Step != 0 || !_initialized)
        {
            if (start.Step != 0) throw new InvalidOperationException($"no checkpoint is named for step {start.Step}");
            Replica.Initialize();
        }

        _initialized = true;
    }

    /// <summary>Takes the state over from another member.</summary>
    public void Receive(StateTransfer transfer, int source)
    {
        // A transfer that breaks off leaves nothing that anybody may go on from.
        _initialized = false;
        transfer.Receive(source);
        _initialized = true;
    }

    /// <summary>The state is whole: no transfer into it broke off.</summary>
    public bool IsWhole => _initialized;

    /// <summary>This worker's micro-batches, from the present step on.</summary>
    public Prefetcher OpenTrainingData(IReadOnlyList<int> microBatches) =>
        _data.OpenTraining(Plan, microBatches, Replica.Arenas.Step, Plan.TotalSteps, PassedOver);

    /// <summary>Its micro-batches of the present step alone.</summary>
    public Prefetcher OpenDataOfStep(IReadOnlyList<int> microBatches) =>
        _data.OpenTraining(Plan, microBatches, Replica.Arenas.Step, Replica.Arenas.Step + 1, PassedOver);

    public StateHash Hash() => StateHash.Of(_state, Replica.Arenas);

    /// <summary>What ranks compare where a hash would take too long.</summary>
    public string Digest()
    {
        var began = TimeProvider.System.GetTimestamp();
        var digest = StateDigest.Of(Replica.Arenas);
        _log.DigestTaken(Replica.Arenas.Step, TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        return digest;
    }

    public void Dispose()
    {
        Saver.Dispose();
        Replica.Dispose();
    }
}
