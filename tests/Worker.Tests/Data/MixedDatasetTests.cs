using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inception.Distributed.Tests.Data;

public class MixedDatasetTests
{
    private static readonly TrainingSources Sources =
        [new SourceSpec { Format = DatasetFormat.ImageFolder }, new SourceSpec { Format = DatasetFormat.WebDataset, Weight = 2 }];

    [Fact]
    public void Of_NamedClasses_AreTheSameWhereTheyAreNamedAlike()
    {
        var mixed = MixedDataset.Of(
            [new Named("a", ["cat", "dog", "owl"], [0, 1, 2, 2]), new Named("b", ["owl", "cat"], [0, 1, 1])], Sources, classes: 3, "data.train");

        mixed.ClassNames.ShouldBe(["cat", "dog", "owl"]);
        Enumerable.Range(0, 7).Select(sample => mixed.Label(sample)).ShouldBe([0, 1, 2, 2, 2, 0, 0]);
        Enumerable.Range(0, 7).Select(sample => mixed.Name(sample)).ShouldBe(["a 0", "a 1", "a 2", "a 3", "b 0", "b 1", "b 2"]);
        mixed.Read(5, new ByteBuffer()).Bytes.ToArray().ShouldBe([(byte)'b', 1]);
        mixed.Sources.Shares.ShouldBe([new SourceShare(4, 1), new SourceShare(3, 2)]);
    }

    [Fact]
    public void Of_AnUnnamedSource_KeepsItsNumbers_WhicheverComesFirst()
    {
        var (named, unnamed) = (new Named("a", ["cat", "dog"], [1, 0]), new Named("b", [], [0, 1, 1]));

        Labels(MixedDataset.Of([named, unnamed], Sources, classes: 2, "data.train")).ShouldBe([1, 0, 0, 1, 1]);
        var turned = MixedDataset.Of([unnamed, named], Sources, classes: 2, "data.train");
        Labels(turned).ShouldBe([0, 1, 1, 1, 0]);
        turned.ClassNames.ShouldBe(["cat", "dog"]);
    }

    [Fact]
    public void Of_ClassesThatDontGoTogether_AreRefusedBySource()
    {
        Refused(3, new Named("a", ["cat", "dog", "owl"], [0]), new Named("b", ["dog", "cats"], [0])).ShouldBe(new Problem(
            "data.train[1].path", "Classes of several sources are matched by name, and 1 of its 2 are not among those of data.train[0], the first being 'cats'; did you mean 'cat'?"));
        Refused(3, new Named("a", ["crane", "crane", "owl"], [0]), new Named("b", ["crane"], [0])).ShouldBe(new Problem(
            "data.train[1].path", "data.train[0] has several classes named 'crane', so that this source's can't be matched by name."));
        Refused(4, new Named("a", ["cat", "dog", "owl"], [0]), new Named("b", ["cat"], [0])).ShouldBe(new Problem(
            "data.train[0].path", "It has 3 classes, which number those of the other sources; model.classes is 4."));
        Refused(2, new Named("a", [], [0]), new Named("b", [], [2])).ShouldBe(new Problem(
            "data.train[1].path", "Its classes go from 0 to 2; with model.classes 2 they go from 0 to 1."));
        Refused(2, new Named("a", [], [2]), new Named("b", [], [0])).Where.ShouldBe("data.train[0].path");
    }

    [Fact]
    public void Of_TheSameNamesTwice_NeedNoMatching()
    {
        var kit = new Named("a", ["crane", "crane"], [0, 1]);

        Labels(MixedDataset.Of([kit, new Named("b", ["crane", "crane"], [1])], Sources, classes: 2, "data.train")).ShouldBe([0, 1, 1]);
    }

    [Fact]
    public void Of_AWeightTooSmallForASample_IsRefused()
    {
        TrainingSources light = [Sources[0], Sources[1] with { Weight = 0.01 }];

        Should.Throw<UserErrorException>(() => MixedDataset.Of([new Named("a", [], [0, 1]), new Named("b", [], [0])], light, 2, "data.train"))
            .Problems.ShouldHaveSingleItem().ShouldBe(new Problem(
                "data.train[1].weight", "With it the source gives not one of the 3 samples of an epoch; raise it or leave the source out."));
    }

    [Fact]
    public void Digest_IsAnother_WhereTheOrderOrTheMatchingIs()
    {
        var (three, two) = (new Named("a", ["cat", "dog", "owl"], [0]), new Named("b", ["owl", "cat"], [0]));
        string[] digests =
        [
            MixedDataset.Of([three, two], Sources, 3, "data.train").Digest,
            MixedDataset.Of([three, new Named("b", ["cat", "owl"], [0])], Sources, 3, "data.train").Digest,
            MixedDataset.Of([three, three], Sources, 3, "data.train").Digest,
        ];

        digests.Distinct().Count().ShouldBe(3);
        MixedDataset.Of([three, two], Sources, 3, "data.train").Digest.ShouldBe(digests[0]);
    }

    [Fact]
    public void Fill_ACorruptSample_IsReplacedFromItsOwnSource()
    {
        using var directory = new TemporaryDirectory();
        var good = new FixedImages(500, 32, 32, 3);
        var bad = new HalfCorrupt(20);
        var mixed = MixedDataset.Of([good, bad], Sources, classes: 500, "data.train");
        var builder = new BatchBuilder(mixed, 32, Builders.Data, 1, new CorruptSamples(mixed, NullLogger.Instance));
        var labels = new long[20];
        var corrupt = builder.Fill(
            [.. Enumerable.Range(0, 20).Select(number => new SampleReference(0, 500 + number))], training: true, new float[20 * builder.ImageElements], labels);

        corrupt.ShouldBe(10);
        labels.ShouldAllBe(label => label % 2 == 0 && label < 20);
    }

    private static Problem Refused(int classes, params IDataset[] datasets) =>
        Should.Throw<UserErrorException>(() => MixedDataset.Of(datasets, Sources, classes, "data.train")).Problems.ShouldHaveSingleItem();

    private static IEnumerable<int> Labels(MixedDataset dataset) => Enumerable.Range(0, (int)dataset.Count).Select(sample => dataset.Label(sample));

    /// <summary>Samples of two bytes: the dataset's letter and the sample's number.</summary>
    private sealed class Named(string letter, string[] names, int[] labels) : IDataset
    {
        public long Count => labels.Length;

        public int Classes => names.Length > 0 ? names.Length : labels.Max() + 1;

        public string Digest => $"{letter} {labels.Length}";

        public IReadOnlyList<string> ClassNames => names;

        public int Label(long sample) => labels[sample];

        public string Name(long sample) => $"{letter} {sample}";

        public StoredImage Read(long sample, ByteBuffer buffer)
        {
            var bytes = buffer.Reserve(2);
            (bytes[0], bytes[1]) = ((byte)letter[0], (byte)sample);
            return StoredImage.OfFile(bytes);
        }
    }

    /// <summary>Every other sample is no image.</summary>
    private sealed class HalfCorrupt(int count) : IDataset
    {
        private readonly FixedImages _images = new(count, 32, 32, 3);

        public long Count => count;

        public int Classes => count;

        public string Digest => "";

        public IReadOnlyList<string> ClassNames => [];

        public int Label(long sample) => (int)sample;

        public string Name(long sample) => $"{sample}";

        public StoredImage Read(long sample, ByteBuffer buffer) => sample % 2 == 0 ? _images.Read(sample, buffer) : StoredImage.OfFile([]);
    }
}
