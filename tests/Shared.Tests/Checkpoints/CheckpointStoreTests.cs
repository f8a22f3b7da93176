using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private static readonly string[] FileNames = ["manifest.json", "optimizer.safetensors", "state.json", "weights.safetensors"];

    private readonly TemporaryDirectory _directory = new();
    private readonly CheckpointStore _store;

    public CheckpointStoreTests() => _store = new CheckpointStore(_directory["checkpoints"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void NoDirectoryYet_HoldsNothing()
    {
        _store.List().ShouldBeEmpty();
        _store.FindNewestWhole().Newest.ShouldBeNull();
        CheckpointPruner.Prune(_store, new RetentionPolicy(1), new Dictionary<long, double>(), [], DateTimeOffset.UnixEpoch).Removed.ShouldBeEmpty();
        _store.RemoveLeftovers().ShouldBeEmpty();
    }

    [Fact]
    public void FindNewestWhole_GoesByTheStepNotTheName()
    {
        Saved.Write(_store, 99_999_999);
        Saved.Write(_store, 100_000_000);
        Saved.Write(_store, 5);
        var found = _store.FindNewestWhole();
        found.Newest!.State.Step.ShouldBe(100_000_000);
        found.Damaged.ShouldBeEmpty();
    }

    [Fact]
    public void Verify_BitFlippedAnywhereInAnyFile_IsNoticed()
    {
        var directory = Saved.Write(_store, 10).Directory;
        foreach (var name in FileNames)
        {
            var path = Path.Combine(directory, name);
            var whole = File.ReadAllBytes(path);
            for (var bit = 0; bit < 8 * whole.Length; bit += 61)
            {
                var flipped = (byte[])whole.Clone();
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                File.WriteAllBytes(path, flipped);
                CheckpointStore.Verify(directory).ShouldNotBeEmpty();
            }

            File.WriteAllBytes(path, whole);
        }

        CheckpointStore.Verify(directory).ShouldBeEmpty();
    }

    [Fact]
    public void Verify_AnyFileCutOffOrMissing_IsNoticed()
    {
        var directory = Saved.Write(_store, 10).Directory;
        foreach (var name in FileNames)
        {
            var path = Path.Combine(directory, name);
            var whole = File.ReadAllBytes(path);
            // Without its last byte, a line feed, the manifest still says the same.
            foreach (var length in new[] { 0, 1, whole.Length / 2, whole.Length - 2 })
            {
                File.WriteAllBytes(path, whole[..length]);
                CheckpointStore.Verify(directory).ShouldNotBeEmpty();
                _store.List()[0].Status.ShouldBe(CheckpointStatus.Damaged);
            }

            File.Delete(path);
            CheckpointStore.Verify(directory).ShouldHaveSingleItem().ShouldBe($"{name} is missing");
            _store.List()[0].Status.ShouldBe(name == "manifest.json" ? CheckpointStatus.Incomplete : CheckpointStatus.Damaged);
            File.WriteAllBytes(path, whole);
        }
    }

    [Fact]
    public void FindNewestWhole_NewerOnesDamaged_FallsBackAndSaysSo()
    {
        Saved.Write(_store, 10);
        Saved.Write(_store, 20);
        Saved.Write(_store, 30);
        Flip(Path.Combine(_store.DirectoryOf(20), "optimizer.safetensors"));
        File.Delete(Path.Combine(_store.DirectoryOf(30), "manifest.json"));
        var found = _store.FindNewestWhole();
        found.Newest!.State.Step.ShouldBe(10);
        found.Damaged.Select(damaged => damaged.Step).ShouldBe([30, 20]);
        found.Damaged[0].Problems.ShouldBe(["manifest.json is missing"]);
        found.Damaged[1].Problems.ShouldHaveSingleItem().ShouldStartWith("optimizer.safetensors has the SHA-256 ");
    }

    [Fact]
    public void FindNewestWhole_NoneWhole_GivesNoneAndAllProblems()
    {
        Saved.Write(_store, 10);
        Flip(Path.Combine(_store.DirectoryOf(10), "weights.safetensors"));
        var found = _store.FindNewestWhole();
        found.Newest.ShouldBeNull();
        found.Damaged.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("manifest.json", "manifest.json has format version 2; this program reads version 1")]
    [InlineData("state.json", "state.json has format version 2; this program reads version 1")]
    public void Open_AnotherFormatVersion_SaysWhich(string name, string problem)
    {
        var directory = Saved.Write(_store, 10).Directory;
        Rewrite(directory, name, text => text.Replace("\"formatVersion\": 1", "\"formatVersion\": 2", StringComparison.Ordinal));
        Should.Throw<CheckpointException>(() => Checkpoint.Open(directory)).Message.ShouldContain(problem);
    }

    [Fact]
    public void Open_StateOfAnotherStep_IsRefused()
    {
        var directory = Saved.Write(_store, 10).Directory;
        Rewrite(directory, "state.json", text => text.Replace("\"step\": 10", "\"step\": 11", StringComparison.Ordinal));
        Should.Throw<CheckpointException>(() => Checkpoint.Open(directory)).Message.ShouldContain("state.json is of step 11, manifest.json of step 10");
    }

    [Fact]
    public void Open_ManifestOfFilesElsewhere_IsRefused()
    {
        var directory = Saved.Write(_store, 10).Directory;
        Rewrite(directory, "manifest.json", text => text.Replace("weights.safetensors", "../weights.safetensors", StringComparison.Ordinal));
        Should.Throw<CheckpointException>(() => Checkpoint.Open(directory)).Message.ShouldContain("files of another directory");
    }

    [Fact]
    public void List_ShowsEachInItsState()
    {
        Saved.Write(_store, 10);
        Saved.Write(_store, 20);
        File.Delete(Path.Combine(_store.DirectoryOf(20), "weights.safetensors"));
        Directory.CreateDirectory(_store.DirectoryOf(30) + ".saving");
        Directory.CreateDirectory(Path.Combine(_store.Root, "notes"));
        var listed = _store.List();
        listed.Select(listing => (listing.Step, listing.Status)).ShouldBe(
            [(10, CheckpointStatus.Whole), (20, CheckpointStatus.Damaged), (30, CheckpointStatus.Incomplete)]);
        listed[0].Bytes.ShouldBeGreaterThan(2000);
        listed[1].Problems.ShouldBe(["weights.safetensors is missing"]);
    }

    [Fact]
    public void RemoveLeftovers_TidiesUpAndSaysWhat()
    {
        Saved.Write(_store, 10);
        Directory.CreateDirectory(_store.DirectoryOf(20) + ".saving");
        Directory.CreateDirectory(_store.DirectoryOf(5) + ".pruned");
        Directory.CreateDirectory(_store.DirectoryOf(10) + ".replaced");
        Directory.CreateDirectory(Path.Combine(_store.Root, "step-20.saving"));
        _store.RemoveLeftovers().Count.ShouldBe(3);
        Directory.EnumerateDirectories(_store.Root).Select(Path.GetFileName).ShouldBe(["step-00000010", "step-20.saving"], ignoreOrder: true);
        _store.RemoveLeftovers().ShouldBeEmpty();
    }

    [Fact]
    public void RemoveUnfinished_LeavesWhatIsBeingWrittenOrMayBe()
    {
        Saved.Write(_store, 20);
        foreach (var step in new[] { 10, 15, 20, 30 }) Directory.CreateDirectory(_store.DirectoryOf(step) + ".saving-0a1b2c3d");

        _store.RemoveUnfinished(upTo: 20, writing: new HashSet<long> { 15 });

        Directory.EnumerateDirectories(_store.Root).Select(Path.GetFileName).ShouldBe(
            ["step-00000015.saving-0a1b2c3d", "step-00000020", "step-00000030.saving-0a1b2c3d"], ignoreOrder: true);
    }

    private static void Flip(string path)
    {
        var content = File.ReadAllBytes(path);
        content[content.Length / 3] ^= 16;
        File.WriteAllBytes(path, content);
    }

    /// <summary>Changes a file as a program would, with the manifest to match.</summary>
    private static void Rewrite(string directory, string name, Func<string, string> change)
    {
        var path = Path.Combine(directory, name);
        var before = File.ReadAllBytes(path);
        File.WriteAllText(path, change(File.ReadAllText(path)));
        var manifest = Path.Combine(directory, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(Hash(before), Hash(File.ReadAllBytes(path)), StringComparison.Ordinal));

        static string Hash(byte[] content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
    }
}
