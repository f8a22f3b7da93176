using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

/// <summary>Bits that flip and files that are cut off, at random places: the newest whole one is loaded, the others are set aside.</summary>
public sealed class DamageTests : IDisposable
{
    private static readonly string[] FileNames = ["manifest.json", "optimizer.safetensors", "state.json", "weights.safetensors"];

    private readonly TemporaryDirectory _directory = TemporaryDirectory.InMemory();
    private readonly CheckpointStore _store;

    public DamageTests() => _store = new CheckpointStore(_directory["checkpoints"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Flips_and_truncations_anywhere_the_newest_whole_one_is_found_and_the_others_are_set_aside()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            if (Directory.Exists(_store.Root)) Directory.Delete(_store.Root, recursive: true);
            long[] steps = [10, 20, 30];
            foreach (var step in steps) Saved.Write(_store, step);
            var damaged = steps.Where(_ => random.Next(2) == 0).ToHashSet();
            foreach (var step in damaged) Damage(step, random);

            var search = _store.FindNewestWhole();
            var expected = steps.Where(step => !damaged.Contains(step)).DefaultIfEmpty(0).Max();
            (search.Newest?.State.Step ?? 0).ShouldBe(expected);
            search.Damaged.Select(one => one.Step).ShouldBe(damaged.Where(step => step > expected).OrderDescending());
            foreach (var one in search.Damaged)
            {
                if (_store.Quarantine(one) is { } aside) Directory.Exists(aside).ShouldBeTrue();
                else one.Damage.ShouldBe(CheckpointDamage.Version);
            }

            var again = _store.FindNewestWhole();
            (again.Newest?.State.Step ?? 0).ShouldBe(expected);
            again.Damaged.ShouldAllBe(one => one.Damage == CheckpointDamage.Version);
        }
    }

    [Fact]
    public void What_was_set_aside_says_why_is_listed_and_no_retention_removes_it()
    {
        foreach (var step in new[] { 10, 20, 30 }) Saved.Write(_store, step);
        for (var time = 0; time < 2; time++)
        {
            Saved.Write(_store, 40);
            File.Delete(Path.Combine(_store.DirectoryOf(40), "weights.safetensors"));
            _store.Quarantine(_store.FindNewestWhole().Damaged.ShouldHaveSingleItem());
        }

        CheckpointPruner.Prune(_store, new RetentionPolicy(1), new Dictionary<long, double>(), [], DateTimeOffset.UnixEpoch);
        _store.List().Select(listing => (Path.GetFileName(listing.Directory), listing.Step, listing.Status)).ShouldBe([
            ("step-00000030", 30, CheckpointStatus.Whole),
            ("step-00000040.damaged-missing", 40, CheckpointStatus.Quarantined),
            ("step-00000040.damaged-missing-2", 40, CheckpointStatus.Quarantined)]);
        _store.RemoveLeftovers().ShouldBeEmpty();
    }

    [Fact]
    public void A_file_system_that_gives_errors_or_another_version_is_no_reason_to_set_anything_aside()
    {
        Saved.Write(_store, 10);
        _store.Quarantine(new DamagedCheckpoint(_store.DirectoryOf(10), 10, ["Input/output error"], CheckpointDamage.Unreadable)).ShouldBeNull();
        _store.Quarantine(new DamagedCheckpoint(_store.DirectoryOf(10), 10, ["version 2"], CheckpointDamage.Version)).ShouldBeNull();
        _store.FindNewestWhole().Newest!.State.Step.ShouldBe(10);
    }

    private void Damage(long step, Random random)
    {
        var path = Path.Combine(_store.DirectoryOf(step), FileNames[random.Next(FileNames.Length)]);
        var content = File.ReadAllBytes(path);
        if (random.Next(2) == 0)
        {
            content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, content);
        }
        else
        {
            // Without its last byte, a line feed, a manifest still says the same.
            File.WriteAllBytes(path, content[..random.Next(content.Length - 1)]);
        }
    }
}
