using System.Diagnostics;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>
/// Writes checkpoints in the background from a snapshot of the arenas: training pauses for the copy only. One at a time; the next
/// one waits for the last. A failure is reported to the coordinator and never ends the run.
/// </summary>
internal sealed class CheckpointSaver(
    JobPlan plan, Replica replica, StateLayout layout, DatasetPair data, IOutbox outbox, TimeProvider time, ILogger log) : IDisposable
{
    private TrainingArenas? _snapshot;
    private Task _writing = Task.CompletedTask;

    /// <summary>Takes the snapshot and starts to write it. Training thread.</summary>
    public void Begin(string directory, long generation)
    {
        Flush();
        var snapshot = _snapshot = replica.Arenas.Snapshot(_snapshot);
        _writing = Task.Factory.StartNew(
            () => Write(snapshot, directory, generation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits for the checkpoint in flight.</summary>
    public void Flush() => _writing.GetAwaiter().GetResult();

    public void Dispose()
    {
        Flush();
        _snapshot?.Dispose();
    }

    private void Write(TrainingArenas snapshot, string directory, long generation)
    {
        var started = Stopwatch.GetTimestamp();
        var report = new CheckpointReport { Generation = generation, Step = snapshot.Step, Directory = directory };
        try
        {
            using var writer = new CheckpointWriter(directory);
            foreach (var (file, entries) in layout.Files) writer.AddFile(file, stream => WriteTensors(stream, entries, snapshot));
            var committed = writer.Commit(Describe(snapshot, generation));
            report.ManifestSha256 = committed.ManifestSha256;
            report.Bytes = committed.Bytes;
            report.Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            log.CheckpointWritten(directory, committed.Bytes / 1e6, report.Seconds);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report.Error = exception.Message;
            log.CheckpointFailed(directory, exception.Message);
        }

        outbox.Send(new WorkerMessage { CheckpointReport = report });
    }

    private static void WriteTensors(Stream stream, IReadOnlyList<StateEntry> entries, TrainingArenas snapshot)
    {
        var headers = entries.Select(entry => new TensorEntry(entry.Name, entry.Arena is null ? TensorType.I64 : TensorType.F32, entry.Slot.Shape)).ToList();
        SafetensorsWriter.Write(stream, headers, (index, target) =>
        {
            using var value = entries[index].Materialize(snapshot);
            target.Write(value.bytes);
        });
    }

    private CheckpointState Describe(TrainingArenas snapshot, long generation)
    {
        var hash = StateHash.Of(layout, snapshot);
        var job = plan.Spec;
        return new CheckpointState
        {
            ProgramVersion = typeof(CheckpointSaver).Assembly.GetName().Version?.ToString(3) ?? "",
            JobResultHash = JobHash.OfResult(job),
            JobHash = JobHash.OfWhole(job),
            JobYaml = JobFile.Write(job),
            Seed = job.Seed,
            Step = snapshot.Step,
            SamplesConsumed = snapshot.Step * job.Batch.Global,
            Epoch = plan.EpochAt(snapshot.Step),
            Generation = generation,
            TrainSamples = data.Train.Count,
            ValidationSamples = data.Validation?.Count ?? 0,
            DatasetDigest = data.Train.Digest,
            WeightsSha256 = hash.Weights,
            StateSha256 = hash.State,
            CreatedAt = time.GetUtcNow(),
            Preprocessing = Preprocessing.Of(job),
            ClassNames = data.Train.ClassNames is { Count: > 0 } names ? names : null,
        };
    }
}
