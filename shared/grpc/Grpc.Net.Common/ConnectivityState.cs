namespace Grpc.Core;

/// <summary>State of a channel (doc/connectivity-semantics-and-api.md of the gRPC specification).</summary>
public enum ConnectivityState
{
    Idle,
    Connecting,
    Ready,
    TransientFailure,
    Shutdown,
}
