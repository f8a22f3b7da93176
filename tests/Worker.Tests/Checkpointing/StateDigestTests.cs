using Inception.Distributed.Worker.Checkpointing;

namespace Inception.Distributed.Worker.Tests.Checkpointing;

public sealed class StateDigestTests
{
    [Theory]
    [InlineData(0), InlineData(1), InlineData(31), InlineData(32), InlineData(127), InlineData(128), InlineData(129), InlineData(1021)]
    public void AnyBitFlipped_AnyTwoPiecesExchanged_ChangesIt(int length)
    {
        var random = new Random(3);
        var bytes = new byte[length];
        random.NextBytes(bytes);
        var seen = new HashSet<ulong> { StateDigest.Of(bytes) };
        for (var bit = 0; bit < 8 * length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            seen.Add(StateDigest.Of(bytes)).ShouldBeTrue();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        seen.Add(StateDigest.Of([.. bytes, 0])).ShouldBeTrue("a zero at the end is something");
        if (length >= 64) seen.Add(StateDigest.Of([.. bytes[32..64], .. bytes[..32], .. bytes[64..]])).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 0), InlineData(31, 0), InlineData(128, 0), InlineData(1021, 0), InlineData(4096 + 33, 0), InlineData(1021, 4)]
    public void TakenWhileCopying_IsTheSame_AndTheCopyToo(int length, int offset)
    {
        var bytes = new byte[length];
        new Random(4).NextBytes(bytes);
        var memory = new byte[length + offset + 1];

        StateDigest.Copy(bytes, memory.AsSpan(offset, length)).ShouldBe(StateDigest.Of(bytes));

        memory.AsSpan(offset, length).ToArray().ShouldBe(bytes);
        memory[^1].ShouldBe((byte)0);
        Should.Throw<ArgumentException>(() => StateDigest.Copy(bytes, new byte[length + 1]));
    }

    [Fact]
    // Computed by a few lines of Python.
    public void OfTheSameBytes_IsThisOnEveryProcessor() =>
        StateDigest.Of([.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))]).ToString("x16").ShouldBe("1649c2a1187c0caa");
}
