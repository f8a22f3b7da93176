using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>Lets a thread run in the gaps that computing threads leave, where there are not more cores than those.</summary>
internal static partial class BackgroundPriority
{
    // A tenth of a core's time beside a thread of the usual priority: little enough not to slow a step, and enough to come to an end.
    private const int Niceness = 10;

    private const int Process = 0; // PRIO_PROCESS; on Linux niceness is a thread's own, and who = 0 is the calling one (setpriority(2)).

    /// <summary>Of the calling thread, for good; .NET's own thread priorities do nothing on Linux.</summary>
    public static void Take(ILogger log)
    {
        if (SetPriority(Process, 0, Niceness) != 0) log.PriorityKept(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
    }

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, uint who, int priority);
}
