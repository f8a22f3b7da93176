using System.Collections.Immutable;
using System.Globalization;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Everything that decisions depend on; immutable, replaced whole by each decision.</summary>
internal sealed record RunState(RunSettings Settings)
{
    /// <summary>In the order in which they joined: members, spares, and those that are not ready yet.</summary>
    public ImmutableArray<WorkerState> Workers { get; init; } = [];

    /// <summary>Ids of the workers that a coordinator started anew has not heard of yet. While there are any, nothing is decided on membership.</summary>
    public ImmutableSortedSet<string> Awaited { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Null until the first worker has told the sizes of the datasets.</summary>
    public JobPlan? Plan { get; init; }

    public RunPhase Phase { get; init; } = new Waiting();

    /// <summary>Number of the newest generation decided.</summary>
    public long LastGeneration { get; init; } = Settings.PreviousGeneration;

    /// <summary>
    /// The newest generation of this run whose members all reported the same state; 0: none. What they held then, and what was taken over
    /// from them since, is the run's state: see <see cref="Holds"/>.
    /// </summary>
    public long LastWhole { get; init; }

    /// <summary>Where members start if none of them holds the run's state; null: it has to be looked for, since training went on past it.</summary>
    public StartingPoint? Start { get; init; } = new(Settings.FirstStep, Settings.Resume?.Directory ?? "");

    public Progress Progress { get; init; } = Progress.At(Settings.FirstStep);

    /// <summary>So many ready workers make the first generation.</summary>
    public int ExpectedWorkers { get; init; } = Settings.ExpectedWorkers;

    /// <summary>What every later worker's fingerprint is held against, also when all that had it are gone; null until a generation stood.</summary>
    public Measure? Measure { get; init; }

    /// <summary>Joiners that are given a moment, so that those that come together enter together; null: none.</summary>
    public Settling? Settling { get; init; }

    /// <summary>The run's first generation waits for more workers than are ready; null: it does not.</summary>
    public FirstWait? FirstWait { get; init; }

    /// <summary>Of the timers that are told apart by a number, the newest.</summary>
    public long LastTicket { get; init; }

    /// <summary>Set once somebody wants the run to stop.</summary>
    public string? StopReason { get; init; }

    /// <summary>Set with <see cref="StopReason"/> where bad numbers ended the run.</summary>
    public string? HaltReason { get; init; }

    /// <summary>Samples that rollbacks passed over, those before a resume included; ascending.</summary>
    public ImmutableArray<PassedOver> PassedOver { get; init; } = Settings.Resume?.PassedOver is { } passed ? [.. passed] : [];

    /// <summary>Of this run.</summary>
    public ImmutableArray<Rollback> Rollbacks { get; init; } = [];

    /// <summary>A rollback is under way: no checkpoint of a later step counts; null: none is.</summary>
    public long? GoingBackTo { get; init; }

    /// <summary>Checkpoints being written: the step, and the id of the worker that writes it.</summary>
    public ImmutableSortedDictionary<long, string> CheckpointsInFlight { get; init; } = ImmutableSortedDictionary<long, string>.Empty;

    /// <summary>The newest committed one.</summary>
    public CommittedCheckpoint? LastCheckpoint { get; init; }

    /// <summary>The newest one, if it failed.</summary>
    public FailedCheckpoint? CheckpointFailure { get; init; }

    public EvaluationOutcome? LastEvaluation { get; init; }

    /// <summary>Generations decided in a row without a step between them, those left out that began with fewer workers at hand than the one before.</summary>
    public int Fruitless { get; init; }

    /// <summary>Workers that could work, spares included, when the newest generation was decided.</summary>
    public int WorkersAtHand { get; init; }

    /// <summary>Micro-batches of interrupted steps that survivors did not have to compute again.</summary>
    public long KeptMicroBatches { get; init; }

    /// <summary>Counts the coordinator's processes of this run.</summary>
    public long Epoch { get; init; }

    /// <summary>The newest one, so that a coordinator started anew does not use a number again.</summary>
    public long LastSession { get; init; }

    public WorkerState? Find(SessionId session) => Workers.FirstOrDefault(worker => worker.Session == session);

    public WorkerState? Find(string workerId) => Workers.FirstOrDefault(worker => worker.WorkerId == workerId);

    /// <summary>The worker's own state belongs to the run's present line of steps.</summary>
    public bool Holds(WorkerState worker) => LastWhole > 0 && worker.HeldGeneration >= LastWhole;

    public RunState With(WorkerState worker) => this with { Workers = Workers.Replace(Find(worker.WorkerId)!, worker) };

    public RunState Without(WorkerState worker) => this with { Workers = Workers.Remove(worker), Awaited = Awaited.Remove(worker.WorkerId) };
}

/// <summary>A worker that has said hello; ready once it has a fingerprint.</summary>
internal sealed record WorkerState(string WorkerId, string Host, string Device)
{
    /// <summary>Null: not back yet since the coordinator was started anew.</summary>
    public SessionId? Session { get; init; }

    public Fingerprint? Fingerprint { get; init; }

    /// <summary>The newest generation in which it had the whole state; 0: it has none.</summary>
    public long HeldGeneration { get; init; }

    /// <summary>Why it is to go, a clause; null: it stays.</summary>
    public string? Leaving { get; init; }

    /// <summary>It was waited for in vain, and takes no part for a while; null: it may take part.</summary>
    public Exclusion? Exclusion { get; init; }

    /// <summary>How often it has been left out.</summary>
    public int TimesLeftOut { get; init; }

    /// <summary>In what it keeps the others waiting, a clause; null: it does not.</summary>
    public string? Straggling { get; init; }

    public bool IsReady => Fingerprint is not null;

    public bool CanWork => IsReady && Session is not null && Exclusion is null;

    public string Name => Host.Length == 0 ? WorkerId : $"{WorkerId} on {Host}";
}

/// <summary>What all workers of a run must have in common.</summary>
internal sealed record Fingerprint(ImmutableSortedDictionary<string, string> Properties, long TrainSamples, long ValidationSamples)
{
    /// <summary>The property that holds the training set's digest.</summary>
    public const string TrainingData = "training data";

    /// <summary>The property that holds the sources' sizes, where several are mixed.</summary>
    public const string TrainingSources = "training sources";

    /// <summary>Samples of each source of the training set.</summary>
    public IReadOnlyList<long> SourceSizes => Properties.TryGetValue(TrainingSources, out var sizes)
        ? [.. sizes.Split(", ").Select(size => long.Parse(size, CultureInfo.InvariantCulture))] : [TrainSamples];
}

/// <param name="Name">Of the worker whose fingerprint it is.</param>
internal sealed record Measure(string Name, Fingerprint Fingerprint);

/// <param name="Checkpoint">Directory; empty: the job's initial weights.</param>
internal sealed record StartingPoint(long Step, string Checkpoint);

/// <param name="BadStep">The first is 1.</param>
/// <param name="To">Applied steps.</param>
/// <param name="What">Was bad, a clause.</param>
internal sealed record Rollback(long BadStep, long To, string What);

/// <param name="Ticket">Of the timer that ends it.</param>
internal sealed record Settling(long Ticket, bool IsOver);

/// <param name="Ticket">Of the timer that ends it.</param>
/// <param name="Ready">Workers that were ready when it began.</param>
internal sealed record FirstWait(long Ticket, int Ready);

/// <summary>A worker comes in again when it has answered and its time is over.</summary>
/// <param name="Ticket">Of the timer, and of the message that its training thread is to answer.</param>
/// <param name="Why">A sentence.</param>
internal sealed record Exclusion(long Ticket, string Why, bool HasAnswered = false, bool IsOver = false);

/// <summary>What has been done up to now, in applied steps.</summary>
/// <param name="Step">Applied by every rank.</param>
/// <param name="CheckpointedStep">The last one whose checkpoint was ordered and taken.</param>
/// <param name="EvaluatedStep">The last one evaluated; -1: none.</param>
internal sealed record Progress(long Step, long CheckpointedStep, long EvaluatedStep)
{
    /// <summary>The writer of a checkpoint is gone, and the checkpoint with it: another one is due at the next order.</summary>
    public bool OwesCheckpoint { get; init; }

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
