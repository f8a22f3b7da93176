using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Tests.Hosting;

/// <summary>Checkpoints as a worker writes them, with a few bytes for weights.</summary>
internal static class SavedCheckpoints
{
    public static void Write(string directory, long step, JobSpec job)
    {
        using var writer = new CheckpointWriter(directory);
        writer.AddFile("weights.safetensors", output => output.Write([1, 2, 3]));
        writer.Commit(new CheckpointState
        {
            ProgramVersion = "test",
            JobResultHash = JobHash.OfResult(job),
            JobHash = JobHash.OfWhole(job),
            JobYaml = JobFile.Write(job),
            Seed = job.Seed,
            Step = step,
            SamplesConsumed = step * job.Batch.Global,
            Epoch = (double)step * job.Batch.Global / TestJobs.TrainSamples,
            Generation = 1,
            TrainSamples = TestJobs.TrainSamples,
            ValidationSamples = TestJobs.ValidationSamples,
            DatasetDigest = "abc",
            WeightsSha256 = "ff",
            StateSha256 = "ff",
            CreatedAt = DateTimeOffset.UnixEpoch,
        });
    }

    public static void Damage(string directory) => File.WriteAllBytes(Path.Combine(directory, "weights.safetensors"), [1, 2, 4]);
}
