using System.Security.Cryptography;

namespace Inception.Distributed.Checkpoints;

/// <summary>A checkpoint that has been checked byte by byte and found whole.</summary>
public sealed record Checkpoint(string Directory, string ManifestSha256, CheckpointManifest Manifest, CheckpointState State)
{
    /// <summary>Reads and hashes everything: about a second for two gigabytes.</summary>
    /// <exception cref="CheckpointException">It is not whole; the message lists what is wrong.</exception>
    public static Checkpoint Open(string directory)
    {
        var (checkpoint, problems) = Examine(directory);
        return checkpoint ?? throw new CheckpointException($"{directory}: {string.Join("; ", problems)}");
    }

    public bool Has(string fileName) => Manifest.Files.Any(file => file.Name == fileName);

    /// <summary>The path of a file that the manifest names.</summary>
    public string PathOf(string fileName) => Has(fileName)
        ? Path.Combine(Directory, fileName)
        : throw new CheckpointException($"{Directory} has no {fileName}");

    /// <returns>The checkpoint and no problem, or none and what is wrong with it.</returns>
    internal static (Checkpoint? Checkpoint, IReadOnlyList<string> Problems) Examine(string directory)
    {
        try
        {
            var (manifest, hash) = ReadManifest(directory);
            var problems = manifest.Files.Select(file => Examine(directory, file)).OfType<string>().ToList();
            if (problems.Count > 0)
            {
                return (null, problems);
            }

            var state = CheckpointJson.Read<CheckpointState>(
                File.ReadAllBytes(Path.Combine(directory, CheckpointNames.State)), CheckpointNames.State);
            return state.Step == manifest.Step
                ? (new Checkpoint(directory, hash, manifest, state), [])
                : (null, [$"{CheckpointNames.State} is of step {state.Step}, {CheckpointNames.Manifest} of step {manifest.Step}"]);
        }
        catch (Exception exception) when (exception is CheckpointException or IOException or UnauthorizedAccessException)
        {
            return (null, [exception.Message]);
        }
    }

    /// <summary>What can be seen without reading the data: that the manifest is readable and its files are there in their sizes.</summary>
    internal static (CheckpointManifest? Manifest, IReadOnlyList<string> Problems) Glance(string directory)
    {
        try
        {
            var (manifest, _) = ReadManifest(directory);
            return (manifest, [.. manifest.Files.Select(file => Glance(directory, file)).OfType<string>()]);
        }
        catch (Exception exception) when (exception is CheckpointException or IOException or UnauthorizedAccessException)
        {
            return (null, [exception.Message]);
        }
    }

    private static (CheckpointManifest Manifest, string Sha256) ReadManifest(string directory)
    {
        var path = Path.Combine(directory, CheckpointNames.Manifest);
        if (!File.Exists(path))
        {
            throw new CheckpointException($"{CheckpointNames.Manifest} is missing");
        }

        var bytes = File.ReadAllBytes(path);
        var manifest = CheckpointJson.Read<CheckpointManifest>(bytes, CheckpointNames.Manifest);
        if (manifest.Files.All(file => file.Name != CheckpointNames.State)
            || manifest.Files.Any(file => file.Name != Path.GetFileName(file.Name)))
        {
            throw new CheckpointException($"{CheckpointNames.Manifest} lists no {CheckpointNames.State}, or files of another directory");
        }

        return (manifest, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static string? Glance(string directory, ManifestFile expected)
    {
        var file = new FileInfo(Path.Combine(directory, expected.Name));
        return !file.Exists ? $"{expected.Name} is missing"
            : file.Length != expected.Bytes ? $"{expected.Name} has {file.Length} bytes instead of {expected.Bytes}"
            : null;
    }

    private static string? Examine(string directory, ManifestFile expected)
    {
        if (Glance(directory, expected) is { } problem)
        {
            return problem;
        }

        using var content = File.OpenRead(Path.Combine(directory, expected.Name));
        var actual = Convert.ToHexStringLower(SHA256.HashData(content));
        return actual == expected.Sha256 ? null : $"{expected.Name} has the SHA-256 {actual} instead of {expected.Sha256}";
    }
}
