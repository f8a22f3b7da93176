using System.Text;
using Inception.Distributed.Coordinator.Rendezvous;

namespace Inception.Distributed.Coordinator.Tests.Rendezvous;

public sealed class RendezvousKeysTests
{
    private readonly RendezvousKeys _keys = new();

    public RendezvousKeysTests() => _keys.Open(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    [Fact]
    public async Task Get_PresentKey_ReturnsAtOnce()
    {
        _keys.Set(1, "a", Bytes("x"));
        _keys.Set(1, "a", Bytes("y"));
        (await _keys.GetAsync(1, "a", Cancel)).ShouldBe(Bytes("y"));
    }

    [Fact]
    public async Task Get_AbsentKey_WaitsForIt_ThroughOtherChanges()
    {
        var get = _keys.GetAsync(1, "a", Cancel);
        _keys.Set(1, "b", Bytes("x"));
        get.IsCompleted.ShouldBeFalse();
        _keys.Set(1, "a", Bytes("y"));
        (await get).ShouldBe(Bytes("y"));
    }

    [Fact]
    public async Task Wait_ForSeveralKeys_EndsWithTheLast()
    {
        var wait = _keys.WaitAsync(1, ["a", "b"], Cancel);
        _keys.Add(1, "a", 1);
        wait.IsCompleted.ShouldBeFalse();
        _keys.CompareSet(1, "b", [], Bytes("x"));
        await wait;
    }

    [Fact]
    public async Task Add_CountsFromZero_InDecimalText()
    {
        _keys.Add(1, "n", 3).ShouldBe(3);
        _keys.Add(1, "n", -5).ShouldBe(-2);
        (await _keys.GetAsync(1, "n", Cancel)).ShouldBe(Bytes("-2"));
    }

    [Fact]
    public async Task Add_FromManyThreads_LosesNothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++) _keys.Add(1, "n", 1);
        }, Cancel)));
        _keys.Add(1, "n", 0).ShouldBe(4000);
    }

    [Theory]
    [InlineData(null, "", "new", "new", "new")]
    [InlineData(null, "old", "new", "old", null)] // As c10d: an absent key that should hold something stays absent.
    [InlineData("old", "old", "new", "new", "new")]
    [InlineData("old", "other", "new", "old", "old")]
    [InlineData("old", "", "new", "old", "old")]
    public async Task CompareSet_SetsOnlyWhereTheKeyHoldsWhatIsExpected(string? present, string expected, string desired, string returned, string? after)
    {
        if (present is not null) _keys.Set(1, "k", Bytes(present));
        _keys.CompareSet(1, "k", Bytes(expected), Bytes(desired)).ShouldBe(Bytes(returned));
        _keys.HasAll(1, ["k"]).ShouldBe(after is not null);
        if (after is not null) (await _keys.GetAsync(1, "k", Cancel)).ShouldBe(Bytes(after));
    }

    [Fact]
    public void CheckDeleteCount()
    {
        _keys.Set(1, "a", []);
        _keys.Set(1, "b", []);
        _keys.HasAll(1, ["a", "b"]).ShouldBeTrue();
        _keys.HasAll(1, ["a", "c"]).ShouldBeFalse();
        _keys.Count(1).ShouldBe(2);
        _keys.Delete(1, ["a", "c"]).ShouldBe(1);
        _keys.Count(1).ShouldBe(1);
    }

    [Fact]
    public async Task Open_NewerGeneration_EndsWaitsAndForgetsKeys()
    {
        _keys.Set(1, "a", []);
        var get = _keys.GetAsync(1, "b", Cancel);
        var wait = _keys.WaitAsync(1, ["a", "b"], Cancel);
        _keys.Open(2);

        await Should.ThrowAsync<SupersededException>(get);
        await Should.ThrowAsync<SupersededException>(wait);
        _keys.Count(2).ShouldBe(0);
        _keys.HasAll(2, ["a"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EveryCall_OfAnotherGeneration_IsRefused(long generation)
    {
        _keys.Open(2);
        Action[] calls =
        [
            () => _keys.Set(generation, "a", []), () => _keys.Add(generation, "a", 1), () => _keys.CompareSet(generation, "a", [], []),
            () => _keys.HasAll(generation, []), () => _keys.Delete(generation, ["a"]), () => _keys.Count(generation),
        ];
        foreach (var call in calls) Should.Throw<SupersededException>(call);
    }

    [Fact]
    public async Task Close_EndsWaitsForGood()
    {
        var get = _keys.GetAsync(1, "b", Cancel);
        _keys.Close();
        (await Should.ThrowAsync<SupersededException>(get)).Message.ShouldBe("generation 1 is over: the run has ended");
    }

    [Fact]
    public void Open_OlderOrSameGeneration_IsABug()
    {
        _keys.Open(5);
        Should.Throw<InvalidOperationException>(() => _keys.Open(5));
        Should.Throw<InvalidOperationException>(() => _keys.Open(4));
    }

    [Fact]
    public void Set_WithoutRoom_IsRefused_AndChangesNothing()
    {
        var quarter = new byte[RendezvousKeys.Capacity / 4];
        foreach (var key in new[] { "a", "b", "c" }) _keys.Set(1, key, quarter);

        Should.Throw<StoreFullException>(() => _keys.Set(1, "d", quarter)).Message.ShouldBe("the store is full: 3 keys take 256 MiB");
        _keys.HasAll(1, ["d"]).ShouldBeFalse();
        // What is replaced or deleted makes room, and so does a new generation.
        _keys.Set(1, "a", quarter);
        _keys.Set(1, "b", [1]);
        _keys.Set(1, "d", quarter);
        _keys.Delete(1, ["c"]).ShouldBe(1);
        _keys.Set(1, "e", quarter);
        _keys.Open(2);
        _keys.Set(2, "whole", new byte[RendezvousKeys.Capacity - 1000]);
    }
}
