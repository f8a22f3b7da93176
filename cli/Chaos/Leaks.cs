using System.Globalization;
using System.Text.RegularExpressions;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>Looks for what the processes of the runs have left behind.</summary>
/// <param name="mark">Of their environment.</param>
/// <param name="processes">All that were started.</param>
/// <param name="port">Of the coordinators.</param>
/// <param name="temporary">Their directory for temporary files.</param>
internal sealed partial class Leaks(string mark, IReadOnlySet<int> processes, int port, string temporary)
{
    private const string SharedMemory = "/dev/shm";
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>A sentence each.</summary>
    public IReadOnlyList<string> Find(IEnumerable<string> runs) => [.. Alive(), .. Listening(), .. InSharedMemory(), .. TemporaryFiles(), .. runs.SelectMany(HalfWritten)];

    private IEnumerable<string> Alive() => Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path)).Where(name => char.IsAsciiDigit(name[0]))
        .Where(process => Read($"/proc/{process}/environ").Contains($"{ChaosSurroundings.MarkVariable}={mark}\0", StringComparison.Ordinal))
        .Select(process => $"Process {process} still runs: {Read($"/proc/{process}/cmdline").Replace('\0', ' ')}");

    // "  0: 0100007F:1CE8 00000000:0000 0A …": the local port in hexadecimal digits, and state 0A, listening.
    private IEnumerable<string> Listening() => SocketTables.Where(File.Exists).SelectMany(File.ReadLines)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length > 3 && fields[3] == "0A" && fields[1].EndsWith(":" + port.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal))
        .Select(_ => $"Somebody still listens on port {port}.");

    // Libraries put the process's number into such names.
    private IEnumerable<string> InSharedMemory() => !Directory.Exists(SharedMemory) ? [] : Directory.EnumerateFileSystemEntries(SharedMemory)
        .Where(path => Numbers().Matches(Path.GetFileName(path)).Any(match => int.TryParse(match.ValueSpan, out var number) && processes.Contains(number)))
        .Select(path => $"{path} is left in shared memory.");

    private IEnumerable<string> TemporaryFiles() => Directory.EnumerateFileSystemEntries(temporary)
        .Where(path => !OfTheRuntime().IsMatch(Path.GetFileName(path))).Select(path => $"{path} is left of temporary files.");

    private static IEnumerable<string> HalfWritten(string run) => Directory.EnumerateFileSystemEntries(run, "*", SearchOption.AllDirectories)
        .Where(path => Unfinished().IsMatch(path)).Select(path => $"{path} is left half written or half removed.");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // It has ended, or is another user's.
        }
    }

    [GeneratedRegex("[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    // What .NET makes for debuggers at its start, and leaves where it is killed.
    [GeneratedRegex(@"^(clr-debug-pipe|dotnet-diagnostic)-|^\.dotnet$", RegexOptions.CultureInvariant)]
    private static partial Regex OfTheRuntime();

    [GeneratedRegex(@"\.(new|replaced|pruned|saving-[0-9a-f]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Unfinished();
}
