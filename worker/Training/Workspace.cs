using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Reduction;
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
    private bool _initialized;

    private Workspace(JobSpec job, DatasetPair data, JobPlan plan, Replica replica, IOutbox outbox, ILogger log)
    {
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
        var plan = new JobPlan(job, data.Train.Count, data.Validation?.Count ?? 0);
        var replica = new Replica(job, torch.device(options.Device));
        log.Opened(data.Train.Count, data.Validation?.Count ?? 0, replica.Layout.Parameters.Sum(slot => slot.Length), TorchRuntime.Versions.ToString());
        return new Workspace(job, data, plan, replica, outbox, log);
    }

    /// <summary>What must be alike on all workers of a deterministic job, down to the bits of a reference micro-batch's gradient.</summary>
    public Protocol.Fingerprint TakeFingerprint()
    {
        Replica.Initialize();
        _initialized = true;
        using var data = OpenTrainingData(new MicroBatchRange(0, 1), step: 0);
        return FingerprintProbe.Take(Replica, data.Take(0, 0, CancellationToken.None), _data);
    }

    /// <summary>Brings the replica to where the generation starts, unless it is there already.</summary>
    public void GoTo(StartingPoint start)
    {
        if (start.Checkpoint.Length > 0)
        {
            if (_initialized && Replica.Arenas.Step == start.Step && start.Step > 0) return;
            CheckpointLoader.Load(start.Checkpoint, start.Step, _state, Replica);
        }
        else if (Replica.Arenas.Step != 0 || !_initialized)
        {
            if (start.Step != 0) throw new InvalidOperationException($"no checkpoint is named for step {start.Step}");
            Replica.Initialize();
        }

        _initialized = true;
    }

    public Prefetcher OpenTrainingData(MicroBatchRange range) => OpenTrainingData(range, Replica.Arenas.Step);

    public StateHash Hash() => StateHash.Of(_state, Replica.Arenas);

    public void Dispose()
    {
        Saver.Dispose();
        Replica.Dispose();
    }

    private Prefetcher OpenTrainingData(MicroBatchRange range, long step) => _data.OpenTraining(Plan, range, step);
}
