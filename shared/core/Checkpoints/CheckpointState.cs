using Inception.Distributed.Sampling;

namespace Inception.Distributed.Checkpoints;

/// <summary>What a checkpoint's <c>state.json</c> says: where the run stood, and what it belongs to.</summary>
public sealed record CheckpointState
{
    /// <summary>Raised by every change that an older program would misread. Programs read exactly one version.</summary>
    public const int CurrentFormatVersion = 1;

    public int FormatVersion { get; init; } = CurrentFormatVersion;
    public required string ProgramVersion { get; init; }

    /// <summary>SHA-256, lower-case hex, of the fields of the job that change the result's bits: a resume needs an equal one.</summary>
    public required string JobResultHash { get; init; }

    /// <summary>SHA-256, lower-case hex, of all fields of the job.</summary>
    public required string JobHash { get; init; }

    /// <summary>The job as resolved.</summary>
    public required string JobYaml { get; init; }

    public required long Seed { get; init; }

    /// <summary>Applied steps.</summary>
    public required long Step { get; init; }

    /// <summary>Position in the stream of samples: all before it have been trained on or passed over.</summary>
    public required long SamplesConsumed { get; init; }

    /// <summary>Samples consumed / size of the training set.</summary>
    public required double Epoch { get; init; }

    /// <summary>Samples up to here that could not be decoded, and were replaced; 0 in checkpoints from before 0.2.</summary>
    public long Corrupt { get; init; }

    /// <summary>The membership's number when the checkpoint was written.</summary>
    public required long Generation { get; init; }

    public required long TrainSamples { get; init; }

    /// <summary>0: the job has no validation set.</summary>
    public required long ValidationSamples { get; init; }

    /// <summary>The training set's digest, lower-case hex.</summary>
    public required string DatasetDigest { get; init; }

    /// <summary>SHA-256, lower-case hex, of the weights (row-major, little-endian, in state_dict order).</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>SHA-256, lower-case hex, of everything that training continues from: weights, optimizer, averages.</summary>
    public required string StateSha256 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the network wants of its images; null in checkpoints from before 0.2.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>By label; null where the training set does not name its classes, and in checkpoints from before 0.2.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Samples that rollbacks passed over; null: none.</summary>
    public IReadOnlyList<PassedOver>? PassedOver { get; init; }

    /// <summary>The file that the weights were imported from; null: they were trained.</summary>
    public ImportSource? Imported { get; init; }
}
