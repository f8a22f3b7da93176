namespace Inception.Distributed.Checkpoints;

/// <summary>A checkpoint that has been checked byte by byte and found whole.</summary>
public sealed record Checkpoint(string Directory, string ManifestSha256, CheckpointManifest Manifest, CheckpointState State)
{
    /// <summary>Reads and hashes everything: about a second for two gigabytes.</summary>
    /// <exception cref="CheckpointException">It is not whole; the message lists what is wrong.</exception>
    public static Checkpoint Open(string directory)
    {
        var examination = CheckpointExamination.Of(directory, DiskFileSystem.Instance);
        return examination.Checkpoint ?? throw new CheckpointException($"{directory}: {string.Join("; ", examination.Problems)}");
    }

    public bool Has(string fileName) => Manifest.Files.Any(file => file.Name == fileName);

    /// <summary>The path of a file that the manifest names.</summary>
    public string PathOf(string fileName) => Has(fileName)
        ? Path.Combine(Directory, fileName)
        : throw new CheckpointException($"{Directory} has no {fileName}");
}
