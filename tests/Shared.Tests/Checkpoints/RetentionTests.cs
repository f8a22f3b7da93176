using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

public sealed class RetentionTests : IDisposable
{
    private static readonly Dictionary<long, double> NothingEvaluated = [];

    private readonly TemporaryDirectory _directory = new();
    private readonly CheckpointStore _store;

    public RetentionTests() => _store = new CheckpointStore(_directory["checkpoints"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Decide_ByCount_ByAge_ByAccuracy_EachKeepsItsOwn()
    {
        var now = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
        CheckpointListing[] checkpoints = [.. Enumerable.Range(1, 8).Select(step => new CheckpointListing($"/c/{step}", step, CheckpointStatus.Whole, 1, [])
        {
            CreatedAt = now.AddHours(step - 9),
            IsPinned = step == 1,
        })];
        var top1 = new Dictionary<long, double> { [2] = 0.9, [3] = 0.5, [4] = 0.9, [5] = 0.7 };

        Stays(new RetentionPolicy(1)).ShouldBe([1, 8]);
        Stays(new RetentionPolicy(3)).ShouldBe([1, 6, 7, 8]);
        Stays(new RetentionPolicy(1, TimeSpan.FromHours(3.5))).ShouldBe([1, 6, 7, 8]);
        // Of equals the newer one is better.
        Stays(new RetentionPolicy(1, default, 1)).ShouldBe([1, 4, 8]);
        Stays(new RetentionPolicy(1, default, 3)).ShouldBe([1, 2, 4, 5, 8]);
        Stays(new RetentionPolicy(1), "/c/7").ShouldBe([1, 7, 8]);
        Should.Throw<ArgumentOutOfRangeException>(() => Stays(new RetentionPolicy(0)));
        Retention.Decide(new RetentionPolicy(1), checkpoints, top1, new HashSet<string>(), now).Single(one => one.IsBest).Checkpoint.Step.ShouldBe(4);

        long[] Stays(RetentionPolicy policy, params string[] protect) =>
            [.. Retention.Decide(policy, checkpoints, top1, protect.ToHashSet(), now).Where(one => one.Why is not null).Select(one => one.Checkpoint.Step)];
    }

    [Fact]
    public void Prune_KeepsTheNewestWholeOnes_TheProtectedAndTheDamaged()
    {
        Save(10, 20, 30, 40, 50);
        File.Delete(Path.Combine(_store.DirectoryOf(50), "weights.safetensors"));
        Prune(2, [_store.DirectoryOf(10)]).Removed.ShouldBe([_store.DirectoryOf(20)]);
        Steps().ShouldBe([10, 30, 40, 50]);
        Prune(1).Removed.ShouldBe([_store.DirectoryOf(30), _store.DirectoryOf(10)]);
        _store.FindNewestWhole().Newest!.State.Step.ShouldBe(40);
    }

    [Fact]
    public void Prune_NewestLooksWholeAndIsNot_TheLastGoodOneStays()
    {
        Save(10, 20, 30);
        foreach (var step in new[] { 20, 30 })
        {
            var path = Path.Combine(_store.DirectoryOf(step), "weights.safetensors");
            var content = File.ReadAllBytes(path);
            content[7] ^= 1;
            File.WriteAllBytes(path, content);
        }

        Prune(1).Removed.ShouldBeEmpty();
        Steps().ShouldBe([10, 20, 30]);
    }

    [Fact]
    public void Prune_PinnedStaysUntilItIsUnpinned()
    {
        Save(10, 20, 30);
        _store.Pin(10).ShouldBeTrue();
        _store.Pin(10).ShouldBeTrue();
        _store.List().Where(listing => listing.IsPinned).Select(listing => listing.Step).ShouldBe([10]);
        Prune(1);
        Steps().ShouldBe([10, 30]);
        _store.Pin(20).ShouldBeFalse();
        _store.Unpin(10).ShouldBeTrue();
        _store.Unpin(10).ShouldBeFalse();
        Prune(1);
        Steps().ShouldBe([30]);
    }

    [Fact]
    public void Prune_OneThatIsPinnedAtTheLastMoment_Stays()
    {
        Save(10, 20);
        var late = new PinsWhenRenamed(_store.DirectoryOf(10));
        var pruning = CheckpointPruner.Prune(new CheckpointStore(_store.Root, late), new RetentionPolicy(1), NothingEvaluated, [], DateTimeOffset.UnixEpoch);
        pruning.Removed.ShouldBeEmpty();
        pruning.Busy.ShouldBe([_store.DirectoryOf(10)]);
        Steps().ShouldBe([10, 20]);
    }

    [Fact]
    public void Prune_OneThatSomebodyIsAboutToReadStays()
    {
        Save(10, 20);
        using (CheckpointLease.Take(_store.DirectoryOf(10))) Prune(1).Busy.ShouldBe([_store.DirectoryOf(10)]);
        Prune(1).Removed.ShouldBe([_store.DirectoryOf(10)]);
    }

    [Fact]
    public void Prune_DryRun_SaysTheSameAndRemovesNothing()
    {
        Save(10, 20);
        var said = CheckpointPruner.Prune(_store, new RetentionPolicy(1), NothingEvaluated, [], DateTimeOffset.UnixEpoch, dryRun: true);
        said.Removed.ShouldBe([_store.DirectoryOf(10)]);
        Steps().ShouldBe([10, 20]);
    }

    [Fact]
    public void EvaluatedSteps_ALineThatIsHalfWritten_IsLeftOut()
    {
        var path = _directory["evaluations.jsonl"];
        EvaluatedSteps.Read(path).ShouldBeEmpty();
        File.WriteAllText(path, """
            {"step":10,"epoch":1.5,"top1":0.25,"top5":0.5}
            {"step":20,"epoch":3,"top1":0.5,"top5":0.75}
            {"step":30,"epoch":4.5,"to
            """);
        EvaluatedSteps.Read(path).ShouldBe(new Dictionary<long, double> { [10] = 0.25, [20] = 0.5 });
    }

    private void Save(params long[] steps)
    {
        foreach (var step in steps) Saved.Write(_store, step);
    }

    private long[] Steps() => [.. _store.List().Select(listing => listing.Step)];

    private Pruning Prune(int keep, string[]? protect = null) =>
        CheckpointPruner.Prune(_store, new RetentionPolicy(keep), NothingEvaluated, protect ?? [], DateTimeOffset.UnixEpoch);

    /// <summary>Somebody pins a checkpoint between the look at its pin and its removal.</summary>
    private sealed class PinsWhenRenamed(string directory) : DelegatingFileSystem
    {
        public override void Rename(string source, string destination)
        {
            if (source == directory) File.WriteAllText(directory + ".pinned", "");
            base.Rename(source, destination);
        }
    }
}
