namespace Inception.Distributed.Checkpoints;

/// <summary>One file of a checkpoint. The hash is SHA-256, lower-case hex.</summary>
public sealed record ManifestFile(string Name, long Bytes, string Sha256);

/// <summary>What a checkpoint's <c>manifest.json</c> says. It is written last: a directory without it is no checkpoint.</summary>
public sealed record CheckpointManifest
{
    public int FormatVersion { get; init; } = CheckpointState.CurrentFormatVersion;
    public required long Step { get; init; }
    public required IReadOnlyList<ManifestFile> Files { get; init; }
}
