using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// Right after connecting, each member of a pair proves to the other that it knows the generation's secret, which the coordinator has told to the members
/// alone: whoever else has reached a port that listened for a member is found out before anything of the run is sent to it or taken from it.
/// The proof binds the generation, who proves, to whom, and both sides' nonces, so that no recorded or reflected one is worth anything.
/// </summary>
internal static class PairProof
{
    /// <summary>Bytes of a nonce, and of an HMAC-SHA256.</summary>
    public const int Length = 32;

    private const int Elements = MessageHeader.Length + Length / sizeof(double);
    private static readonly byte[] s_purpose = Encoding.ASCII.GetBytes("inception data plane, pair proof 1");

    /// <param name="secret">Of the generation.</param>
    /// <exception cref="ProtocolViolationException">A peer does not know the secret.</exception>
    /// <exception cref="PeerLostException">A peer's connection broke.</exception>
    public static void Exchange(WorkerGroup group, ReadOnlySpan<byte> secret)
    {
        if (group.Size == 1) return;
        if (secret.Length < Length) throw new ProtocolViolationException("the coordinator has given no secret for the connections between workers");
        var mine = group.Peers.ToDictionary(peer => peer, _ => RandomNumberGenerator.GetBytes(Length));
        var theirs = Swap(group, MessagePhase.Nonce, peer => mine[peer]);
        var key = secret.ToArray();
        var proofs = Swap(group, MessagePhase.Proof, peer => Proof(key, group.Generation, group.Rank, peer, mine[peer], theirs[peer]));
        var liars = group.Peers.Where(peer =>
            !CryptographicOperations.FixedTimeEquals(proofs[peer], Proof(key, group.Generation, peer, group.Rank, theirs[peer], mine[peer]))).ToList();
        if (liars.Count > 0)
            throw new ProtocolViolationException($"what is connected as rank {string.Join(", ", liars)} does not know the secret of generation {group.Generation}; the connections are not used");
    }

    /// <summary>What the prover shows to the verifier.</summary>
    public static byte[] Proof(byte[] secret, long generation, int prover, int verifier, ReadOnlySpan<byte> proversNonce, ReadOnlySpan<byte> verifiersNonce)
    {
        Span<byte> numbers = stackalloc byte[sizeof(long) + 2 * sizeof(int)];
        BinaryPrimitives.WriteInt64BigEndian(numbers, generation);
        BinaryPrimitives.WriteInt32BigEndian(numbers[sizeof(long)..], prover);
        BinaryPrimitives.WriteInt32BigEndian(numbers[(sizeof(long) + sizeof(int))..], verifier);
        return HMACSHA256.HashData(secret, (byte[])[.. s_purpose, .. numbers, .. proversNonce, .. verifiersNonce]);
    }

    private static Dictionary<int, byte[]> Swap(WorkerGroup group, MessagePhase phase, Func<int, byte[]> outgoing)
    {
        using var scope = NewDisposeScope();
        var pending = new List<Work>();
        var received = new Dictionary<int, Tensor>();
        foreach (var peer in group.Peers)
        {
            received[peer] = zeros([Elements], float64);
            pending.Add(group.Processes.Receive(received[peer], peer, WorkerGroup.FormingTag));
            var message = zeros([Elements], float64);
            new MessageHeader(group.Generation, 0, 0, phase, group.Rank).WriteTo(message);
            outgoing(peer).CopyTo(Payload(message));
            pending.Add(group.Processes.Send(message, peer, WorkerGroup.FormingTag));
        }

        PendingWork.WaitAll(pending);
        foreach (var (peer, message) in received) new MessageHeader(group.Generation, 0, 0, phase, peer).Check(message);
        return received.ToDictionary(entry => entry.Key, entry => Payload(entry.Value).ToArray());
    }

    private static Span<byte> Payload(Tensor message) => message.bytes.Slice(MessageHeader.Length * sizeof(double), Length);
}
