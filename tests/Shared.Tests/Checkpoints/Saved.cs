using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

/// <summary>Small checkpoints for the tests.</summary>
internal static class Saved
{
    public static CheckpointState State(long step) => new()
    {
        ProgramVersion = "0.1.0",
        JobResultHash = "aa",
        JobHash = "bb",
        JobYaml = "name: tiny\n",
        Seed = 42,
        Step = step,
        SamplesConsumed = step * 24,
        Epoch = step * 24 / 97.0,
        Generation = 1,
        TrainSamples = 97,
        ValidationSamples = 50,
        DatasetDigest = "cc",
        WeightsSha256 = "dd",
        StateSha256 = "ee",
        CreatedAt = new DateTimeOffset(2025, 3, 1, 12, 0, 0, TimeSpan.Zero),
    };

    public static byte[] Weights(long step) => [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * step))];

    public static CommittedCheckpoint Write(CheckpointStore store, long step, ICheckpointFileSystem? fileSystem = null)
    {
        using var writer = new CheckpointWriter(store.DirectoryOf(step), fileSystem);
        writer.AddFile("weights.safetensors", output => output.Write(Weights(step)));
        writer.AddFile("optimizer.safetensors", output => output.Write(Weights(step + 1)));
        return writer.Commit(State(step));
    }
}
