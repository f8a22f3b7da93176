using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

/// <summary>
/// Whatever the file system does at whichever call of a save or a removal: a resume loads the newest whole checkpoint, or says that there is
/// none, and it never takes one for whole that was not committed.
/// </summary>
public sealed class FaultTests : IDisposable
{
    private readonly TemporaryDirectory _directory = TemporaryDirectory.InMemory();
    private readonly CheckpointStore _store;

    public FaultTests()
    {
        Directory.CreateDirectory(_directory["graveyard"]);
        Directory.CreateDirectory(_directory["run"]);
        _store = new CheckpointStore(Path.Combine(_directory["run"], "checkpoints"));
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Steps that are there before; the one that is saved; what a search may find after it was interrupted (0: none).</summary>
    public static TheoryData<long[], long, long[]> Saves => new()
    {
        { [], 20, [0, 20] },
        { [10], 20, [10, 20] },
        { [10, 20], 20, [20] },
    };

    [Theory, MemberData(nameof(Saves))]
    public void A_save_that_the_program_does_not_survive(long[] before, long saved, long[] found) => AtEveryCall(
        before, [(Fault.Crash, false, 0)], files => Saved.Write(_store, saved, files), isDone => isDone ? [saved] : found);

    [Theory, MemberData(nameof(Saves))]
    public void A_save_that_the_machine_does_not_survive(long[] before, long saved, long[] found) => AtEveryCall(
        before, [.. Enumerable.Range(0, 4).Select(seed => (Fault.PowerLoss, false, seed))],
        files => Saved.Write(_store, saved, files), isDone => isDone ? [saved] : found);

    [Theory, MemberData(nameof(Saves))]
    public void A_save_that_meets_an_error_and_is_tried_again(long[] before, long saved, long[] found) => AtEveryCall(
        before, [.. Errors], files => Saved.Write(_store, saved, files), isDone => isDone ? [saved] : found, after: () =>
        {
            Saved.Write(_store, saved);
            Newest().ShouldBe(saved);
            _store.List().ShouldAllBe(listing => listing.Status == CheckpointStatus.Whole);
        });

    [Fact]
    public void A_removal_that_the_program_or_the_machine_does_not_survive() => AtEveryCall(
        [10, 20, 30], [(Fault.Crash, false, 0), .. Enumerable.Range(0, 4).Select(seed => (Fault.PowerLoss, false, seed))], Prune, _ => [30]);

    [Fact]
    public void A_removal_that_meets_an_error_and_is_tried_again() => AtEveryCall(
        [10, 20, 30], [.. Errors], Prune, _ => [30], after: () =>
        {
            CheckpointPruner.Prune(_store, new RetentionPolicy(1), new Dictionary<long, double>(), [], DateTimeOffset.UnixEpoch);
            _store.List().ShouldHaveSingleItem().Step.ShouldBe(30);
        });

    [Fact]
    public void Setting_a_damaged_one_aside_fails_at_any_call_and_the_next_one_is_found_all_the_same() => AtEveryCall(
        [10, 20], [(Fault.Crash, false, 0), .. Errors], files =>
        {
            File.Delete(Path.Combine(_store.DirectoryOf(20), "weights.safetensors"));
            var store = new CheckpointStore(_store.Root, files);
            foreach (var damaged in store.FindNewestWhole().Damaged) store.Quarantine(damaged);
        }, _ => [10], mayBeDamaged: true);

    private static IEnumerable<(Fault, bool, int)> Errors =>
        from fault in new[] { Fault.NoSpace, Fault.InputOutput, Fault.ReadOnly, Fault.NoAccess }
        from lasts in new[] { false, true }
        select (fault, lasts, 0);

    private void Prune(ICheckpointFileSystem files) => CheckpointPruner.Prune(
        new CheckpointStore(_store.Root, files), new RetentionPolicy(1), new Dictionary<long, double>(), [], DateTimeOffset.UnixEpoch);

    /// <summary>Each fault at the first call, at the second, … until the action meets none any more.</summary>
    /// <param name="found">What a search may find, given whether the action came to its end.</param>
    private void AtEveryCall(
        long[] before, (Fault Fault, bool Lasts, int Seed)[] faults, Action<ICheckpointFileSystem> action, Func<bool, long[]> found,
        Action? after = null, bool mayBeDamaged = false)
    {
        foreach (var (fault, lasts, seed) in faults)
        {
            var isStruck = true;
            for (var call = 0; isStruck; call++)
            {
                if (Directory.Exists(_store.Root)) Directory.Delete(_store.Root, recursive: true);
                foreach (var step in before) Saved.Write(_store, step);
                var files = new FaultyFileSystem(_directory["graveyard"], call, fault, lasts, seed);
                var isDone = Try(() => action(files));
                isStruck = files.IsStruck;
                var context = $"{fault} (seed {seed}, lasting: {lasts}) at call {call}";
                // As those see it that go on in the same process …
                Search().ShouldBeOneOf(found(isDone), context);
                if (fault is not (Fault.Crash or Fault.PowerLoss)) after?.Invoke();
                // … and as one that is started anew.
                _store.RemoveLeftovers();
                Search().ShouldBeOneOf(found(isDone), context);
                _store.List().ShouldAllBe(listing => listing.Status == CheckpointStatus.Whole || mayBeDamaged, context);
                if (!isStruck) call.ShouldBeGreaterThan(8);

                long Search()
                {
                    var search = _store.FindNewestWhole();
                    if (!mayBeDamaged) search.Damaged.ShouldBeEmpty(context);
                    return search.Newest?.State.Step ?? 0;
                }
            }
        }
    }

    private long Newest() => _store.FindNewestWhole().Newest?.State.Step ?? 0;

    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CrashException)
        {
            return false;
        }
    }
}
