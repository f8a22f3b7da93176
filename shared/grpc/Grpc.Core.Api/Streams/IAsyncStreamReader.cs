namespace Grpc.Core;

public interface IAsyncStreamReader<out T>
{
    /// <summary>Valid after <see cref="MoveNext"/> has returned true.</summary>
    T Current { get; }

    /// <summary>False at the end of the stream. One call at a time.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
