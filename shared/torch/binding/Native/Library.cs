using System.Runtime.InteropServices;

namespace TorchSharp.Native;

internal static partial class Library
{
    internal const string Name = "inception_native";

    /// <summary>Throws what TorchSharp throws when a call into libtorch failed: an <see cref="ExternalException"/> with its message.</summary>
    internal static void Check(int status)
    {
        if (status != 0)
            throw new ExternalException(Marshal.PtrToStringUTF8(inc_last_error()));
    }

    internal static T Checked<T>(int status, T result)
    {
        Check(status);
        return result;
    }

    [LibraryImport(Name)]
    private static partial IntPtr inc_last_error();
}
