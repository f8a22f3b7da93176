using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Inception.Distributed.Cli.Launch;

/// <summary>Paths as the system names open files: whole, with every link resolved.</summary>
internal static class RealPath
{
    private const int LongestPath = 4096; // PATH_MAX

    /// <exception cref="Win32Exception">There is no such file or directory.</exception>
    public static unsafe string Of(string path)
    {
        var resolved = stackalloc byte[LongestPath];
        return NativeMethods.RealPath(path, resolved) == 0
            ? throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{path}: {Marshal.GetLastPInvokeErrorMessage()}")
            : Marshal.PtrToStringUTF8((nint)resolved)!;
    }
}
