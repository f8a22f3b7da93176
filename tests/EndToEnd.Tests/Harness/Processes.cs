using System.Globalization;
using System.Runtime.InteropServices;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>Processes of the system, by their ids.</summary>
public static partial class Processes
{
    public static IReadOnlyList<int> ChildrenOf(int parent) =>
        [.. Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path)).Where(name => char.IsAsciiDigit(name[0]))
            .Select(name => int.Parse(name, CultureInfo.InvariantCulture))
            .Where(id => Stat($"/proc/{id}") is [_, var candidate, ..] && candidate == parent.ToString(CultureInfo.InvariantCulture))];

    public static string CommandLine(int id) => File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');

    public static void Signal(int id, int number) => SendSignal(id, number).ShouldBe(0, $"kill -{number} {id}");

    public static void Kill(int id) => Signal(id, 9);

    public static Task WaitUntilGoneAsync(IReadOnlyList<int> ids) =>
        Waiting.UntilAsync(() => !ids.Any(IsAlive), $"the processes {string.Join(", ", ids)} are gone");

    /// <summary>SIGSTOP stops one thread after another: those that run at the moment, when they next come into the kernel.</summary>
    public static Task WaitUntilStoppedAsync(int id) => Waiting.UntilAsync(
        () => Directory.EnumerateDirectories($"/proc/{id}/task").All(thread => Stat(thread) is ["T", ..]), $"all threads of process {id} are stopped");

    // One that has ended, and that nobody has asked for its exit code, is a zombie.
    private static bool IsAlive(int id) => Stat($"/proc/{id}") is [not ("Z" or "X"), ..];

    /// <summary>State, parent's id and so on; null when there is no such process or thread.</summary>
    /// <param name="directory">Its own under /proc.</param>
    private static string[]? Stat(string directory)
    {
        try
        {
            // "PID (NAME) STATE PPID …"; the name may hold anything, so count from its end.
            var stat = File.ReadAllText($"{directory}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
