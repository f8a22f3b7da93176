namespace Inception.Distributed.Checkpoints;

/// <summary>Passes writes on to a stream that stays open, and throws once they exceed the length agreed on.</summary>
internal sealed class ExactLengthStream(Stream output, long length) : WriteOnlyStream
{
    public long Missing { get; private set; } = length;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > Missing)
        {
            throw new InvalidOperationException($"{buffer.Length} bytes are written where {Missing} are left.");
        }

        output.Write(buffer);
        Missing -= buffer.Length;
    }

    public override void Flush() => output.Flush();
}
