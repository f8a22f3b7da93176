using System.Runtime.InteropServices;

namespace Inception.Distributed.Cli.Launch;

internal static partial class NativeMethods
{
    public const int SetParentDeathSignal = 1; // PR_SET_PDEATHSIG
    public const int Sigkill = 9, Sigterm = 15, Sigcont = 18, Sigstop = 19;
    public const int WriteOnly = 0x1, Create = 0x40, Append = 0x400; // open(2)
    public const int FileExists = 17; // EEXIST

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint argument);

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentProcessId();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "setpgid", SetLastError = true)]
    public static partial int SetProcessGroup(int processId, int groupId);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(int descriptor, int onto);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial nint RealPath(string path, byte* resolved);
}
