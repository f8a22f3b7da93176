using System.Numerics;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Sampling;

public class KeyedTests
{
    // The frozen values of this folder also come out of an independent implementation in another language.
    [Fact]
    public void Hash_IsFrozen()
    {
        Keyed.Hash(Purpose.Order).ShouldBe(627405149472732430UL);
        Keyed.Hash(Purpose.Order, 1, 2, 3).ShouldBe(11537152398673065956UL);
        Keyed.Hash(Purpose.Dropout, -1, long.MaxValue).ShouldBe(13641590554577147697UL);
        Keyed.HashText("Conv2d_1a_3x3.conv.weight").ShouldBe(-499305919061216563);
    }

    [Fact]
    public void Hash_EveryPartMatters()
    {
        var hashes = new HashSet<ulong>
        {
            Keyed.Hash(Purpose.Order, 1, 2), Keyed.Hash(Purpose.Augmentation, 1, 2), Keyed.Hash(Purpose.Order, 2, 1),
            Keyed.Hash(Purpose.Order, 1), Keyed.Hash(Purpose.Order, 1, 2, 0), Keyed.Hash(Purpose.Order, 0, 1, 2),
        };
        hashes.Count.ShouldBe(6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Hash_OneBitOfTheKey_ChangesHalfOfTheResult(int part)
    {
        for (var bit = 0; bit < 64; bit++)
        {
            var changed = 0;
            for (var trial = 0; trial < 256; trial++)
            {
                long[] key = [trial, 7 * trial, 31];
                var before = Keyed.Hash(Purpose.Order, key);
                key[part] ^= 1L << bit;
                changed += BitOperations.PopCount(before ^ Keyed.Hash(Purpose.Order, key));
            }

            // 16,384 fair coins: mean ½, deviation 0.004
            (changed / (256.0 * 64)).ShouldBe(0.5, 0.02);
        }
    }

    [Fact]
    public void HashText_NeighbouringNames_AreUnlike()
    {
        var hashes = Enumerable.Range(0, 10_000).Select(i => Keyed.HashText($"block{i}.weight")).ToHashSet();
        hashes.Count.ShouldBe(10_000);
        Keyed.HashText("").ShouldNotBe(Keyed.HashText("\0"));
    }
}
