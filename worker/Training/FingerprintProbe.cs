using System.Globalization;
using System.Security.Cryptography;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Data;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>Takes a worker's fingerprint: equal ones compute equal bits, as far as one micro-batch of the job can tell.</summary>
internal static class FingerprintProbe
{
    /// <param name="input">The job's first micro-batch; the replica is at step 0 and stays there.</param>
    public static Protocol.Fingerprint Take(Replica replica, MicroBatch input, DatasetPair data)
    {
        var fingerprint = new Protocol.Fingerprint
        {
            TrainSamples = data.Train.Count,
            ValidationSamples = data.Validation?.Count ?? 0,
            Properties =
            {
                Platform(replica.Job, replica.Device),
                { "training data", data.Train.Digest },
                { "validation data", data.Validation?.Digest ?? "none" },
                { "reference gradient", ReferenceGradient(replica, input) },
            },
        };
        var sources = data.Train.Sources.Shares;
        // The coordinator needs to know where each begins; of one, the number of samples says it.
        if (sources.Count > 1) fingerprint.Properties.Add("training sources", string.Join(", ", sources.Select(source => source.Samples.ToString(CultureInfo.InvariantCulture))));
        return fingerprint;
    }

    /// <summary>What the bits depend on beside job and data: libraries, instruction set, threads, kind of device.</summary>
    public static Dictionary<string, string> Platform(JobSpec job, Device device)
    {
        var versions = TorchRuntime.Versions;
        return new Dictionary<string, string>
        {
            ["libtorch"] = versions.LibTorch,
            ["oneDNN"] = $"{versions.OneDnn} isa {versions.OneDnnIsa}",
            ["BLAS"] = $"{versions.Blas} core {versions.BlasCore}",
            ["instruction set"] = versions.CpuCapability,
            ["threads"] = job.Workers.Threads.ToString(CultureInfo.InvariantCulture),
            ["device"] = device.type.ToString(),
        };
    }

    private static string ReferenceGradient(Replica replica, MicroBatch input)
    {
        using var scope = NewDisposeScope();
        using var pass = new MicroBatchPass(replica);
        var (images, targets) = pass.Load(input);
        replica.Leaf.zero_();
        manual_seed((long)Keyed.Hash(Purpose.Dropout, replica.Job.Seed, 0, 0));
        pass.Forward(images, targets, out _).backward();
        return Convert.ToHexStringLower(SHA256.HashData(replica.Leaf.cpu().bytes));
    }
}
