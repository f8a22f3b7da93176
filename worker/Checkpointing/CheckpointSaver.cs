using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>Writes checkpoints in the background from a snapshot of the arenas: training pauses for the copy only.</summary>
internal sealed class CheckpointSaver(
    JobPlan plan, Replica replica, StateLayout layout, DatasetPair data, IOutbox outbox, TimeProvider time, ILogger log) : IDisposable
{
    private readonly BackgroundSaves _saves = new(plan.Spec.Checkpoint, outbox, time, log);
    private TrainingArenas? _snapshot;

    /// <summary>Takes the snapshot and starts to write it, unless the disk is still busy with the last one. Training thread.</summary>
    /// <param name="passed">Samples that rollbacks passed over.</param>
    /// <param name="isRequired">It is written however long the last one takes.</param>
    /// <returns>The snapshot's <see cref="StateDigest"/>; null: none was taken.</returns>
    public string? Begin(string directory, long generation, IReadOnlyList<Sampling.PassedOver> passed, bool isRequired)
    {
        var target = new SaveTarget(directory, replica.Arenas.Step, generation);
        if (!_saves.MakeWay(target, isRequired)) return null;
        var began = time.GetTimestamp();
        var snapshot = _snapshot = replica.Arenas.Snapshot(_snapshot, out var digest);
        log.SnapshotTaken(target.Step, snapshot.Bytes / 1e6, time.GetElapsedTime(began).TotalMilliseconds);
        _saves.Start(target, () => Write(snapshot, target, passed));
        return digest;
    }

    /// <summary>Waits for the checkpoint in flight.</summary>
    public void Flush() => _saves.Flush();

    public void Dispose()
    {
        Flush();
        // A disk that hangs still has the snapshot.
        if (_saves.IsIdle) _snapshot?.Dispose();
    }

    private CommittedCheckpoint Write(TrainingArenas snapshot, SaveTarget target, IReadOnlyList<Sampling.PassedOver> passed)
    {
        using var writer = new CheckpointWriter(target.Directory);
        using var hasher = new StateHasher(snapshot.Step);
        foreach (var (name, entries) in layout.Files)
        {
            var file = hasher.Begin(name, entries);
            writer.AddFile(name, stream => WriteTensors(stream, entries, snapshot, file));
            file.End();
        }

        return writer.Commit(Describe(snapshot, hasher.Finish(), target.Generation, passed));
    }

    private static void WriteTensors(Stream stream, IReadOnlyList<StateEntry> entries, TrainingArenas snapshot, StateHasher.FileHasher hasher)
    {
        var headers = entries.Select(entry => new TensorEntry(entry.Name, entry.Arena is null ? TensorType.I64 : TensorType.F32, entry.Slot.Shape)).ToList();
        SafetensorsWriter.Write(stream, headers, (index, target) =>
        {
            using var value = entries[index].Materialize(snapshot);
            target.Write(value.bytes);
            if (entries[index].Arena is not null) hasher.Add(entries[index], value.bytes);
        });
    }

    private CheckpointState Describe(TrainingArenas snapshot, StateHash hash, long generation, IReadOnlyList<Sampling.PassedOver> passed)
    {
        var job = plan.Spec;
        return new CheckpointState
        {
            ProgramVersion = typeof(CheckpointSaver).Assembly.GetName().Version?.ToString(3) ?? "",
            JobResultHash = JobHash.OfResult(job),
            JobHash = JobHash.OfWhole(job),
            JobYaml = JobFile.Write(job),
            Seed = job.Seed,
            Step = snapshot.Step,
            SamplesConsumed = Sampling.PassedOver.StreamStep(passed, snapshot.Step) * job.Batch.Global,
            PassedOver = passed.Count > 0 ? passed : null,
            Epoch = plan.EpochAt(snapshot.Step),
            Corrupt = snapshot.Corrupt,
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
