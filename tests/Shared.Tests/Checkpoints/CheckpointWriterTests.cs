using System.Security.Cryptography;
using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

public sealed class CheckpointWriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CheckpointStore _store;

    public CheckpointWriterTests() => _store = new CheckpointStore(_directory["checkpoints"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Commit_WritesEverything_AndItReadsBack()
    {
        var committed = Saved.Write(_store, 120);
        committed.Directory.ShouldBe(Path.Combine(_store.Root, "step-00000120"));
        Directory.EnumerateFiles(committed.Directory).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["manifest.json", "optimizer.safetensors", "state.json", "weights.safetensors"]);
        Directory.EnumerateFileSystemEntries(_store.Root).ShouldBe([committed.Directory]);
        committed.Bytes.ShouldBe(Directory.EnumerateFiles(committed.Directory).Sum(file => new FileInfo(file).Length));

        var checkpoint = Checkpoint.Open(committed.Directory);
        checkpoint.State.ShouldBe(Saved.State(120));
        checkpoint.ManifestSha256.ShouldBe(committed.ManifestSha256);
        checkpoint.ManifestSha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(committed.Directory, "manifest.json")))));
        File.ReadAllBytes(checkpoint.PathOf("weights.safetensors")).ShouldBe(Saved.Weights(120));
        checkpoint.Has("ema.safetensors").ShouldBeFalse();
        Should.Throw<CheckpointException>(() => checkpoint.PathOf("ema.safetensors"));
    }

    [Fact]
    public void Commit_LongFile_HashesAllOfIt()
    {
        var directory = _store.DirectoryOf(1);
        var chunk = new byte[700_001];
        using (var writer = new CheckpointWriter(directory))
        {
            writer.AddFile("weights.safetensors", output =>
            {
                for (var i = 0; i < 5; i++)
                {
                    chunk.AsSpan().Fill((byte)i);
                    output.Write(chunk);
                    output.WriteByte(9);
                }
            });
            writer.Commit(Saved.State(1));
        }

        Checkpoint.Open(directory).Manifest.Files[0].Bytes.ShouldBe(5 * 700_002);
    }

    [Fact]
    public void Dispose_WithoutCommit_LeavesNothing()
    {
        using (var writer = new CheckpointWriter(_store.DirectoryOf(5)))
        {
            writer.AddFile("weights.safetensors", output => output.WriteByte(1));
        }

        Directory.EnumerateFileSystemEntries(_store.Root).ShouldBeEmpty();
    }

    [Fact]
    public void AddFile_WritingFails_TheErrorComesOutAndNothingIsLeft()
    {
        Should.Throw<InvalidDataException>(() =>
        {
            using var writer = new CheckpointWriter(_store.DirectoryOf(5));
            writer.AddFile("weights.safetensors", _ => throw new InvalidDataException());
        });
        Directory.EnumerateFileSystemEntries(_store.Root).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("weights.safetensors")]
    [InlineData("../weights")]
    [InlineData("")]
    public void AddFile_NameThatCannotBe_Throws(string name)
    {
        using var writer = new CheckpointWriter(_store.DirectoryOf(5));
        writer.AddFile("weights.safetensors", _ => { });
        Should.Throw<ArgumentException>(() => writer.AddFile(name, _ => { }));
    }

    [Fact]
    public void Commit_SameStepAgain_ReplacesTheOldOne()
    {
        var first = Saved.Write(_store, 120);
        File.WriteAllText(Path.Combine(first.Directory, "weights.safetensors"), "damaged");
        Saved.Write(_store, 120).ManifestSha256.ShouldBe(first.ManifestSha256);
        Checkpoint.Open(first.Directory).State.Step.ShouldBe(120);
        Directory.EnumerateFileSystemEntries(_store.Root).ShouldBe([first.Directory]);
    }

    [Fact]
    public void Constructor_LeftoverOfAnInterruptedSave_StartsAfresh()
    {
        Directory.CreateDirectory(_store.DirectoryOf(120) + ".saving");
        File.WriteAllText(Path.Combine(_store.DirectoryOf(120) + ".saving", "weights.safetensors"), "half");
        Saved.Write(_store, 120);
        CheckpointStore.Verify(_store.DirectoryOf(120)).ShouldBeEmpty();
    }

    [Fact]
    public void Constructor_AnEarlierWriterOfTheSameStepIsNotDone_ItCanNotCommitAnyMore()
    {
        using var stale = new CheckpointWriter(_store.DirectoryOf(120));
        stale.AddFile("weights.safetensors", output => output.WriteByte(1));
        Saved.Write(_store, 120);
        Should.Throw<IOException>(() => stale.Commit(Saved.State(120)));
        File.ReadAllBytes(Checkpoint.Open(_store.DirectoryOf(120)).PathOf("weights.safetensors")).ShouldBe(Saved.Weights(120));
    }
}
