using System.Collections.Immutable;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Everything that decisions depend on; immutable, replaced whole by each decision.</summary>
internal sealed record RunState(RunSettings Settings)
{
    /// <summary>The open sessions in the order in which they joined: members, spares, and those that are not ready yet.</summary>
    public ImmutableArray<WorkerState> Workers { get; init; } = [];

    /// <summary>Null until the first worker has told the sizes of the datasets.</summary>
    public JobPlan? Plan { get; init; }

    public RunPhase Phase { get; init; } = new Waiting();

    /// <summary>Number of the newest generation decided.</summary>
    public long LastGeneration { get; init; } = Settings.PreviousGeneration;

    public Progress Progress { get; init; } = Progress.At(Settings.FirstStep);

    /// <summary>Set once somebody wants the run to stop.</summary>
    public string? StopReason { get; init; }

    /// <summary>The newest committed one.</summary>
    public CommittedCheckpoint? LastCheckpoint { get; init; }

    /// <summary>The newest one, if it failed.</summary>
    public FailedCheckpoint? CheckpointFailure { get; init; }

    public EvaluationOutcome? LastEvaluation { get; init; }

    public WorkerState? Find(SessionId session) => Workers.FirstOrDefault(worker => worker.Session == session);
}

/// <summary>A worker with an open session; ready once it has a fingerprint.</summary>
internal sealed record WorkerState(SessionId Session, string WorkerId, string Host, string Device)
{
    public Fingerprint? Fingerprint { get; init; }

    public bool IsReady => Fingerprint is not null;

    public string Name => Host.Length == 0 ? WorkerId : $"{WorkerId} on {Host}";
}

/// <summary>What all workers of a run must have in common.</summary>
internal sealed record Fingerprint(ImmutableSortedDictionary<string, string> Properties, long TrainSamples, long ValidationSamples)
{
    /// <summary>The property that holds the training set's digest.</summary>
    public const string TrainingData = "training data";
}

/// <summary>What has been done up to now, in applied steps.</summary>
/// <param name="Step">Applied by every rank.</param>
/// <param name="CheckpointedStep">The last one whose checkpoint was ordered and taken.</param>
/// <param name="EvaluatedStep">The last one evaluated; -1: none.</param>
internal sealed record Progress(long Step, long CheckpointedStep, long EvaluatedStep)
{
    /// <summary>A checkpoint is taken before the evaluation due at the same step, so a run that goes on from one evaluates there again.</summary>
    public static Progress At(long step) => new(step, step, -1);
}

internal sealed record CommittedCheckpoint(long Step, string Directory, string ManifestSha256, long Bytes, double Seconds);

internal sealed record FailedCheckpoint(long Step, string Error);

/// <param name="Top1">Fraction of 1.</param>
/// <param name="Top5">Fraction of 1.</param>
/// <param name="Loss">Mean cross-entropy without smoothing.</param>
/// <param name="Top1Raw">Of the weights themselves, where the figures before are those of their running average; else null, as the next two.</param>
internal sealed record EvaluationOutcome(
    long Step, double Epoch, double Top1, double Top5, double Loss, long Images, double Seconds,
    double? Top1Raw = null, double? Top5Raw = null, double? LossRaw = null);
