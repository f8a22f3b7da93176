using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// The first elements of every message between workers: who sends what, so that a message of another generation, step or bucket
/// is noticed before it is used. Each field is cut into integers below 2^24, which every floating-point dtype of an arena holds exactly.
/// </summary>
internal readonly record struct MessageHeader(long Generation, long Step, int Bucket, MessagePhase Phase, int Sender)
{
    /// <summary>Elements in front of the payload; keeps the payload on a 64-byte border in fp32.</summary>
    public const int Length = 16;

    private const int Magic = 0x1C0DE5;
    private const int ChunkBits = 24;
    private const long ChunkMask = (1L << ChunkBits) - 1;

    /// <param name="value">One more number, which the receiver does not know beforehand; below 2^48.</param>
    public void WriteTo(Tensor message, long value = 0)
    {
        Span<float> fields = stackalloc float[Length];
        fields.Clear();
        fields[0] = Magic;
        Split(Generation, fields[1..3]);
        Split(Step, fields[3..5]);
        fields[5] = Bucket;
        fields[6] = (int)Phase;
        fields[7] = Sender;
        Split(value, fields[8..10]);
        using var scope = NewDisposeScope();
        message.narrow(0, 0, Length).copy_(tensor(fields.ToArray()));
    }

    /// <returns>The sender's number.</returns>
    /// <exception cref="ProtocolViolationException">The message is not the one that is due.</exception>
    public long Check(Tensor message)
    {
        using var scope = NewDisposeScope();
        var fields = message.narrow(0, 0, Length).to(float32).cpu().data<float>().ToArray();
        var received = new MessageHeader(Join(fields[1], fields[2]), Join(fields[3], fields[4]), (int)fields[5], (MessagePhase)(int)fields[6], (int)fields[7]);
        if (fields[0] != Magic || received != this)
            throw new ProtocolViolationException($"expected {this}, received {(fields[0] == Magic ? received.ToString() : "something that is no message of ours")}");
        return Join(fields[8], fields[9]);
    }

    private static void Split(long value, Span<float> chunks)
    {
        chunks[0] = value & ChunkMask;
        chunks[1] = value >> ChunkBits & ChunkMask;
    }

    private static long Join(float low, float high) => (long)low | (long)high << ChunkBits;
}

internal enum MessagePhase { Records = 1, Scatter, Gather, Standing, State, Nonce, Proof }

/// <summary>A peer sent what the protocol does not allow at this point; the step can't be trusted and is given up.</summary>
internal sealed class ProtocolViolationException(string message) : Exception(message);
