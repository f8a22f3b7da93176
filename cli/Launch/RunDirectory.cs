using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Launch;

/// <summary>Where runs lie when the user names no directory: <c>runs/NAME</c>, <c>runs/NAME-2</c> … below the current directory.</summary>
internal static class RunDirectory
{
    public const string Root = "runs";

    /// <summary>Makes the first directory of the job's name that is not taken; of two launchers at the same moment each gets its own.</summary>
    public static string CreateNew(string jobName)
    {
        Directory.CreateDirectory(Root);
        for (var number = 1; ; number++)
        {
            var directory = Of(jobName, number);
            if (NativeMethods.MakeDirectory(directory, Convert.ToUInt32("755", 8)) == 0) return directory;
            var error = Marshal.GetLastPInvokeError();
            if (error != NativeMethods.FileExists)
                throw new UserErrorException("--output", $"{directory} can't be made: {new Win32Exception(error).Message}");
        }
    }

    /// <summary>The newest run of the job's name that has a checkpoint.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static string Newest(string jobName)
    {
        var newest = "";
        for (var number = 1; Directory.Exists(Of(jobName, number)); number++)
        {
            if (IsRunOf(jobName, Of(jobName, number))) newest = Of(jobName, number);
        }
        if (newest != "") return newest;
        throw new UserErrorException("--resume", $"no run of '{jobName}' with a checkpoint is in {Path.GetFullPath(Root)}; name its directory with --output");
    }

    /// <summary>The directory of the run under <see cref="Root"/> whose coordinator was started last, or null.</summary>
    public static string? NewestRunning() =>
        !Directory.Exists(Root)
            ? null
            : Directory.EnumerateDirectories(Root)
                .Select(directory => new FileInfo(Path.Combine(directory, CoordinatorFile.Name)))
                .Where(file => file.Exists)
                .MaxBy(file => file.LastWriteTimeUtc)?.DirectoryName;

    // 'x-2' may be the second run of 'x' or the first of a job named 'x-2', so the job that was run decides.
    private static bool IsRunOf(string jobName, string directory)
    {
        var job = Path.Combine(directory, "job.yaml");
        var checkpoints = Path.Combine(directory, "checkpoints");
        return File.Exists(job) && JobFile.Load(job, []).Name == jobName
            && Directory.Exists(checkpoints) && Directory.EnumerateDirectories(checkpoints).Any();
    }

    private static string Of(string jobName, int number)
    {
        var name = string.Concat(jobName.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-'));
        return Path.Combine(Root, number == 1 ? name : name + "-" + number.ToString(CultureInfo.InvariantCulture));
    }
}
