using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Inception.Distributed.Cli.Launch;

/// <summary>
/// How this program runs as a child of <c>inception train</c> or <c>inception worker --devices</c>: it dies with its launcher, is out of
/// reach of the terminal's Ctrl-C, and may write what it prints, native libraries included, to a log file. Asked for by leading arguments
/// that no user types.
/// </summary>
internal static class ChildMode
{
    private const string DieWith = "--die-with", Log = "--log";

    /// <summary>The arguments that make a child of this process.</summary>
    public static string[] Arguments(string logFile, IEnumerable<string> command) =>
        Arguments([Log, logFile, .. command]);

    /// <summary>Of a child that prints to its launcher.</summary>
    public static string[] Arguments(IEnumerable<string> command) => [DieWith, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), .. command];

    /// <summary>Becomes a child if the arguments say so, and returns the arguments left. Must come before any use of the console.</summary>
    /// <exception cref="Win32Exception">The system refused; the process must not go on.</exception>
    public static string[] Enter(string[] arguments)
    {
        if (arguments is not [DieWith, var launcher, .. var rest]) return arguments;

        Check(NativeMethods.ProcessControl(NativeMethods.SetParentDeathSignal, NativeMethods.Sigkill), "prctl");
        // A launcher that died before the line above sends no signal any more.
        if (NativeMethods.ParentProcessId() != int.Parse(launcher, CultureInfo.InvariantCulture)) Environment.Exit(ExitCode.Failed);
        Check(NativeMethods.SetProcessGroup(0, 0), "setpgid");

        if (rest is not [Log, var logFile, .. var command]) return rest;

        var log = NativeMethods.Open(logFile, NativeMethods.WriteOnly | NativeMethods.Create | NativeMethods.Append, Convert.ToUInt32("644", 8));
        Check(log, logFile);
        Check(NativeMethods.Duplicate(log, onto: 1), "dup2");
        Check(NativeMethods.Duplicate(log, onto: 2), "dup2");
        Check(NativeMethods.Close(log), "close");
        return command;
    }

    private static void Check(int result, string what)
    {
        if (result < 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
