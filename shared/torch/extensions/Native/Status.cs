using System.Runtime.InteropServices;

namespace Inception.Distributed.Torch.Native;

/// <summary>native/common/status.h.</summary>
internal enum StatusCode
{
    Ok = 0,
    Error = 1,
    InvalidArgument = 2,
    PeerLost = 3,
    Timeout = 4,
    Aborted = 5,
    Corrupt = 6,
}

/// <summary>The one place where a native status becomes an exception.</summary>
internal static partial class Status
{
    internal static void Check(StatusCode status)
    {
        if (status != StatusCode.Ok)
            throw Failure(status, LastError);
    }

    /// <summary>The message of this thread's last failure.</summary>
    internal static string LastError => Marshal.PtrToStringUTF8(inc_last_error()) ?? "";

    private static Exception Failure(StatusCode status, string message) => status switch
    {
        StatusCode.InvalidArgument => new ArgumentException(message),
        StatusCode.PeerLost => new PeerLostException(message),
        StatusCode.Timeout => new CollectiveTimeoutException(message),
        StatusCode.Aborted => new CollectiveAbortedException(message),
        _ => new NativeException(message),
    };

    [LibraryImport(NativeLibraryName.Value)]
    private static partial nint inc_last_error();
}
