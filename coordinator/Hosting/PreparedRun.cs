using Inception.Distributed.Checkpoints;
using Inception.Distributed.Coordinator.Journal;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Jobs;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>A run whose directory is locked, checked and ready to be written to.</summary>
internal sealed class PreparedRun : IDisposable
{
    private readonly RunLock _lock;

    private PreparedRun(RunDirectory directory, RunLock runLock, SqliteJournal journal, RunState state, RunFiles files)
    {
        Directory = directory;
        _lock = runLock;
        Journal = journal;
        State = state;
        Files = files;
    }

    public RunDirectory Directory { get; }

    public SqliteJournal Journal { get; }

    /// <summary>A new run's first state, or the one that the journal gives.</summary>
    public RunState State { get; }

    public RunSettings Settings => State.Settings;

    public RunFiles Files { get; }

    /// <summary>The number of this process of the run.</summary>
    public RunEpoch Epoch => new(State.Epoch + 1);

    /// <exception cref="UserErrorException">Something in the options or in the output directory stands against the run.</exception>
    public static PreparedRun Open(CoordinatorOptions options, TimeProvider time, ILogger log)
    {
        var expected = ExpectedWorkers(options);
        var directory = RunDirectory.At(options.Output);
        Create(directory);
        var runLock = RunLock.Take(directory);
        SqliteJournal? journal = null;
        try
        {
            if (!options.Resume && !options.Stay) RefuseEarlierRun(directory);
            options = options with { Resume = options.Resume || (options.Stay && File.Exists(directory.Journal)) };
            options = options with { Job = PinInitialWeights(options, log) };
            var jobYaml = JobFile.Write(options.Job);
            journal = options.Resume && File.Exists(directory.Journal) ? SqliteJournal.Open(directory.Journal) : null;
            if (!options.NewWorkers && journal?.LastRun is { } last && last.JobYaml == jobYaml && Continue(options, directory, journal, last) is { } state)
            {
                if (state.Phase is Ended ended) log.ServingFinished(state.Settings.RunId, ended.Outcome.Reason);
                else log.Continuing(state.Settings.RunId, state.Epoch);
                return new PreparedRun(directory, runLock, journal, state, new RunFiles(directory, state.Settings, state, time));
            }
            var resume = options.Resume ? ResumeSearch.Find(directory, options.Job, mayBegin: options.Stay, log) : null;
            journal ??= SqliteJournal.Open(directory.Journal);
            var settings = new RunSettings
            {
                RunId = Guid.NewGuid().ToString("N")[..12],
                Job = options.Job,
                JobYaml = jobYaml,
                ExpectedWorkers = expected,
                CheckpointRoot = directory.Checkpoints,
                Resume = resume,
                PreviousGeneration = journal.LastGeneration,
            };
            journal.BeginRun(settings, time.GetUtcNow());
            return new PreparedRun(directory, runLock, journal, new RunState(settings), new RunFiles(directory, settings, null, time));
        }
        catch
        {
            journal?.Dispose();
            runLock.Dispose();
            throw;
        }
    }

    /// <summary>The state of the run that an earlier process left in the midst of it, or that is finished and to be served; null: it is to begin anew.</summary>
    private static RunState? Continue(CoordinatorOptions options, RunDirectory directory, SqliteJournal journal, JournaledRun run)
    {
        var settings = new RunSettings
        {
            RunId = run.RunId,
            Job = options.Job,
            JobYaml = run.JobYaml,
            ExpectedWorkers = run.Beginning.ExpectedWorkers,
            CheckpointRoot = directory.Checkpoints,
            Resume = run.Beginning.Resume,
            PreviousGeneration = run.Beginning.PreviousGeneration,
        };
        var state = journal.ReadEvents(run.RunId).Aggregate(new RunState(settings), (state, @event) => RunMachine.Decide(state, @event).State);
        if (state.Phase is Ended ended && !(options.Stay && ended.Outcome.Ending == RunEnding.Finished)) return null;
        journal.ContinueRun(run.RunId);
        return state;
    }

    public void Dispose()
    {
        Files.Dispose();
        Journal.Dispose();
        _lock.Dispose();
    }

    // A resume goes on from its own checkpoint; it needs the initial weights only to know which they were.
    private static JobSpec PinInitialWeights(CoordinatorOptions options, ILogger log)
    {
        var job = options.Job;
        if (job.Model.Weights.Length == 0 || (options.Resume && job.Model.WeightsSha256.Length > 0)) return job;
        var weights = InitialWeights.Open(job.Model);
        if (!options.Resume)
        {
            foreach (var note in weights.Notes(job)) log.Decided(note);
        }

        return weights.PinIn(job);
    }

    private static int ExpectedWorkers(CoordinatorOptions options)
    {
        var most = RunSettings.MaxWorkersOf(options.Job);
        var expected = options.ExpectedWorkers ?? options.Job.Workers.Min;
        return expected >= 1 && expected <= most
            ? expected
            : throw new UserErrorException("--workers",
                $"{expected} workers can't share the job's {options.Job.Batch.MicroBatches} micro-batches "
                + $"(workers.max {options.Job.Workers.Max}); give 1 to {most}");
    }

    private static void Create(RunDirectory directory)
    {
        try
        {
            System.IO.Directory.CreateDirectory(directory.Root);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--output", $"can't make the directory {directory.Root}: {error.Message}");
        }
    }

    private static void RefuseEarlierRun(RunDirectory directory)
    {
        var hasCheckpoints = System.IO.Directory.Exists(directory.Checkpoints)
            && System.IO.Directory.EnumerateFileSystemEntries(directory.Checkpoints).Any();
        if (hasCheckpoints || (File.Exists(directory.Log) && new FileInfo(directory.Log).Length > 0))
        {
            throw new UserErrorException("--output",
                $"{directory.Root} holds an earlier run; go on with it by --resume, or choose another --output");
        }
    }
}
