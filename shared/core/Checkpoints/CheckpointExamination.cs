using System.Security.Cryptography;

namespace Inception.Distributed.Checkpoints;

/// <summary>What looking at a directory came to: a whole checkpoint and no problem, or none and what is wrong with it.</summary>
/// <param name="Damage">The kind of the first problem.</param>
internal sealed record CheckpointExamination(Checkpoint? Checkpoint, CheckpointDamage Damage, IReadOnlyList<string> Problems)
{
    /// <summary>Reads and hashes everything.</summary>
    public static CheckpointExamination Of(string directory, ICheckpointFileSystem files)
    {
        try
        {
            var (manifest, hash) = ReadManifest(directory, files);
            var problems = manifest.Files.Select(file => Examine(directory, file, files)).OfType<(CheckpointDamage Damage, string Text)>().ToList();
            if (problems.Count > 0) return new CheckpointExamination(null, problems[0].Damage, [.. problems.Select(problem => problem.Text)]);
            var state = ReadState(directory, files);
            return state.Step == manifest.Step
                ? new CheckpointExamination(new Checkpoint(directory, hash, manifest, state), CheckpointDamage.None, [])
                : throw new CheckpointException(
                    $"{CheckpointNames.State} is of step {state.Step}, {CheckpointNames.Manifest} of step {manifest.Step}", CheckpointDamage.State);
        }
        catch (CheckpointException exception)
        {
            return new CheckpointExamination(null, exception.Damage, [exception.Message]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new CheckpointExamination(null, CheckpointDamage.Unreadable, [exception.Message]);
        }
    }

    /// <summary>What can be seen without reading the tensors: that manifest and state are readable and all files are there in their sizes.</summary>
    public static CheckpointListing Glance(string directory, long step, ICheckpointFileSystem files)
    {
        var listing = new CheckpointListing(directory, step, CheckpointStatus.Damaged, 0, []);
        try
        {
            var (manifest, _) = ReadManifest(directory, files);
            listing = listing with { Bytes = manifest.Files.Sum(file => file.Bytes), Step = manifest.Step };
            var problems = manifest.Files.Select(file => Glance(directory, file, files)).OfType<(CheckpointDamage, string Text)>().ToList();
            if (problems.Count > 0) return listing with { Problems = [.. problems.Select(problem => problem.Text)] };
            var state = ReadState(directory, files);
            return listing with { Status = CheckpointStatus.Whole, Epoch = state.Epoch, CreatedAt = state.CreatedAt };
        }
        catch (CheckpointException exception)
        {
            return listing with { Problems = [exception.Message], Status = exception.IsUnfinished ? CheckpointStatus.Incomplete : CheckpointStatus.Damaged };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return listing with { Problems = [exception.Message] };
        }
    }

    private static (CheckpointManifest Manifest, string Sha256) ReadManifest(string directory, ICheckpointFileSystem files)
    {
        if (Read(Path.Combine(directory, CheckpointNames.Manifest), files) is not { } bytes)
            throw new CheckpointException($"{CheckpointNames.Manifest} is missing", CheckpointDamage.Manifest) { IsUnfinished = true };
        var manifest = CheckpointJson.Read<CheckpointManifest>(bytes, CheckpointNames.Manifest, CheckpointDamage.Manifest);
        if (manifest.Files.All(file => file.Name != CheckpointNames.State)
            || manifest.Files.Any(file => file.Name != Path.GetFileName(file.Name)))
        {
            throw new CheckpointException(
                $"{CheckpointNames.Manifest} lists no {CheckpointNames.State}, or files of another directory", CheckpointDamage.Manifest);
        }

        return (manifest, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static CheckpointState ReadState(string directory, ICheckpointFileSystem files) => CheckpointJson.Read<CheckpointState>(
        Read(Path.Combine(directory, CheckpointNames.State), files) ?? [], CheckpointNames.State, CheckpointDamage.State);

    private static byte[]? Read(string path, ICheckpointFileSystem files)
    {
        if (files.FindLength(path) is null) return null;
        using var content = files.OpenFile(path);
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static (CheckpointDamage, string)? Glance(string directory, ManifestFile expected, ICheckpointFileSystem files)
    {
        var length = files.FindLength(Path.Combine(directory, expected.Name));
        return length is null ? (CheckpointDamage.Missing, $"{expected.Name} is missing")
            : length != expected.Bytes ? (CheckpointDamage.Size, $"{expected.Name} has {length} bytes instead of {expected.Bytes}")
            : null;
    }

    private static (CheckpointDamage, string)? Examine(string directory, ManifestFile expected, ICheckpointFileSystem files)
    {
        if (Glance(directory, expected, files) is { } problem) return problem;
        using var content = files.OpenFile(Path.Combine(directory, expected.Name));
        var actual = Convert.ToHexStringLower(SHA256.HashData(content));
        return actual == expected.Sha256 ? null : (CheckpointDamage.Hash, $"{expected.Name} has the SHA-256 {actual} instead of {expected.Sha256}");
    }
}
