namespace Inception.Distributed.Torch;

/// <summary>A call into the native library failed; the message is libtorch's or the library's own.</summary>
public class NativeException(string message) : Exception(message);

/// <summary>A connection of the process group broke: a peer died, left, or cannot be reached.</summary>
public sealed class PeerLostException(string message) : NativeException(message);

/// <summary>An operation of the process group, or its forming, took longer than the group's time-out.</summary>
public sealed class CollectiveTimeoutException(string message) : NativeException(message);

/// <summary>The process group was shut down with <see cref="ProcessGroup.Abort"/>.</summary>
public sealed class CollectiveAbortedException(string message) : NativeException(message);
