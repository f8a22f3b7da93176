using Google.Protobuf;
using Grpc.Core;
using Inception.Distributed.Protocol;
using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Session;

/// <summary>
/// The c10d store of one generation, kept by the coordinator. Blocks the calling thread; waits end when the generation is superseded,
/// or the token is cancelled.
/// </summary>
internal sealed class RendezvousClient(RendezvousStore.RendezvousStoreClient client, long generation, CancellationToken cancellationToken) : IRendezvousStore
{
    // The server answers a wait at its own time-out; the call's deadline lies behind it, for a server that does not answer at all.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    public void Set(string key, ReadOnlySpan<byte> value) =>
        client.Set(new StoreSetRequest { Generation = generation, Key = key, Value = ByteString.CopyFrom(value) }, Options(CallTimeout));

    public byte[] Get(string key, TimeSpan timeout) =>
        client.Get(new StoreGetRequest { Generation = generation, Key = key, TimeoutMilliseconds = Milliseconds(timeout) }, Options(timeout + Grace)).Value.ToByteArray();

    public long Add(string key, long amount) =>
        client.Add(new StoreAddRequest { Generation = generation, Key = key, Amount = amount }, Options(CallTimeout)).Value;

    public byte[] CompareSet(string key, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> desired)
    {
        var request = new StoreCompareSetRequest
        {
            Generation = generation,
            Key = key,
            Expected = ByteString.CopyFrom(expected),
            Desired = ByteString.CopyFrom(desired),
        };
        return client.CompareSet(request, Options(CallTimeout)).Value.ToByteArray();
    }

    public bool Check(IReadOnlyList<string> keys) => client.Check(Keys(keys), Options(CallTimeout)).AllExist;

    public void Wait(IReadOnlyList<string> keys, TimeSpan timeout)
    {
        var request = Keys(keys);
        request.TimeoutMilliseconds = Milliseconds(timeout);
        client.Wait(request, Options(timeout + Grace));
    }

    public bool Delete(string key) => client.Delete(Keys([key]), Options(CallTimeout)).Value > 0;

    public long Count() => client.Count(Keys([]), Options(CallTimeout)).Value;

    private StoreKeysRequest Keys(IReadOnlyList<string> keys) => new() { Generation = generation, Keys = { keys } };

    private CallOptions Options(TimeSpan timeout) =>
        new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + timeout, cancellationToken: cancellationToken);

    private static long Milliseconds(TimeSpan timeout) => (long)Math.Ceiling(timeout.TotalMilliseconds);
}
