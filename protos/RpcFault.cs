using Grpc.Core;

namespace Inception.Distributed.Protocol;

/// <summary>What keeps a call from being answered.</summary>
public static class RpcFault
{
    /// <summary>The cause at the bottom of it: a refused connection, a certificate that is not trusted; the exception itself where the other side has answered.</summary>
    public static Exception Innermost(RpcException exception)
    {
        var innermost = exception.Status.DebugException ?? exception;
        while (innermost.InnerException is { } inner) innermost = inner;
        return innermost;
    }
}
