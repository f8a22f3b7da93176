using System.Security.Cryptography;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Models;
using TorchSharp;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>Turns a file of weights into a checkpoint that jobs can start from and that can be evaluated.</summary>
public static class WeightsImport
{
    /// <summary>
    /// Writes the checkpoint of step 0: the file's weights as float32 under the network's names. Heads that the file has for another number
    /// of classes, or lacks, get the random weights that the job's seed gives them.
    /// </summary>
    /// <param name="file">What <see cref="WeightsFile.Open"/> gives.</param>
    /// <param name="job">Its network; it stands in the checkpoint as the job that the weights belong to.</param>
    /// <param name="directory">The checkpoint's; it must not exist.</param>
    /// <returns>The checkpoint, and what became of the file's tensors.</returns>
    /// <exception cref="UserErrorException">The file holds weights of another network, or values that are not finite.</exception>
    public static (CommittedCheckpoint Checkpoint, WeightsMatch Match) Run(IWeightsFile file, JobSpec job, string directory, TimeProvider time)
    {
        using var network = ModelFactory.Create(job.Model);
        var entries = WeightsLoader.Entries(network);
        var match = WeightsMatch.Of(entries, $"{job.Model.Name} of width {FormattableString.Invariant($"{job.Model.Width}")}", file);
        if (match.Reinitialized.Count > 0) Initialization.Apply(network, job.Seed, job.Model.EffectiveInit);
        WeightsLoader.Copy(file, match, network);
        using var writer = new CheckpointWriter(directory);
        var hash = WriteWeights(writer, network, entries, Counters(file, match));
        return (writer.Commit(Describe(file, job, hash, time)), match);
    }

    private static Dictionary<string, long> Counters(IWeightsFile file, WeightsMatch match) => match.Taken
        .Where(taken => WeightNames.IsCounter(taken.Name))
        .ToDictionary(taken => taken.Name, taken => TensorValues.ReadCounter(file, taken.Source));

    /// <returns>The hash of the weights in state_dict order, as <see cref="StateHash"/> has it.</returns>
    private static byte[] WriteWeights(CheckpointWriter writer, torch.nn.Module network, IReadOnlyList<TensorEntry> entries, Dictionary<string, long> counters)
    {
        using var scope = torch.NewDisposeScope();
        var state = network.state_dict();
        var bytes = entries.Select(entry => WeightNames.IsCounter(entry.Name)
            ? BitConverter.GetBytes(counters.GetValueOrDefault(entry.Name))
            : state[entry.Name].contiguous().bytes.ToArray()).ToList();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in bytes) hash.AppendData(tensor);
        writer.AddFile(CheckpointFiles.Weights, stream => SafetensorsWriter.Write(stream, entries, (index, target) => target.Write(bytes[index])));
        return hash.GetHashAndReset();
    }

    private static CheckpointState Describe(IWeightsFile file, JobSpec job, byte[] weightsHash, TimeProvider time)
    {
        const long Step = 0;
        using var content = File.OpenRead(file.Path);
        return new CheckpointState
        {
            ProgramVersion = typeof(WeightsImport).Assembly.GetName().Version?.ToString(3) ?? "",
            JobResultHash = JobHash.OfResult(job),
            JobHash = JobHash.OfWhole(job),
            JobYaml = JobFile.Write(job),
            Seed = job.Seed,
            Step = Step,
            SamplesConsumed = 0,
            Epoch = 0,
            Generation = 0,
            TrainSamples = 0,
            ValidationSamples = 0,
            DatasetDigest = "",
            WeightsSha256 = Convert.ToHexStringLower(weightsHash),
            StateSha256 = Convert.ToHexStringLower(SHA256.HashData([.. weightsHash, .. BitConverter.GetBytes(Step)])),
            CreatedAt = time.GetUtcNow(),
            Preprocessing = Preprocessing.Of(job),
            Imported = new ImportSource(Path.GetFileName(file.Path), Convert.ToHexStringLower(SHA256.HashData(content))),
        };
    }
}
