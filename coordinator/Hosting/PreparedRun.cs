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

    private PreparedRun(RunDirectory directory, RunLock runLock, SqliteJournal journal, RunSettings settings, RunFiles files)
    {
        Directory = directory;
        _lock = runLock;
        Journal = journal;
        Settings = settings;
        Files = files;
    }

    public RunDirectory Directory { get; }

    public SqliteJournal Journal { get; }

    public RunSettings Settings { get; }

    public RunFiles Files { get; }

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
            if (!options.Resume) RefuseEarlierRun(directory);
            var resume = options.Resume ? ResumeSearch.Find(directory, options.Job, log) : null;
            journal = SqliteJournal.Open(directory.Journal);
            var settings = new RunSettings
            {
                RunId = Guid.NewGuid().ToString("N")[..12],
                Job = options.Job,
                JobYaml = JobFile.Write(options.Job),
                ExpectedWorkers = expected,
                CheckpointRoot = directory.Checkpoints,
                Resume = resume,
                PreviousGeneration = journal.LastGeneration,
            };
            journal.BeginRun(settings, time.GetUtcNow());
            return new PreparedRun(directory, runLock, journal, settings, new RunFiles(directory, settings, time));
        }
        catch
        {
            journal?.Dispose();
            runLock.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Files.Dispose();
        Journal.Dispose();
        _lock.Dispose();
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
