using Inception.Distributed.Jobs;
using static Inception.Distributed.Tests.Jobs.Example;

namespace Inception.Distributed.Tests.Jobs;

public sealed class JobFileTests
{
    private const string Validation = "validation:\n    format: synthetic\n    limit: 100";

    private static readonly string AliasedYaml =
        With(Validation, "validation: *set").Replace("train: {", "train: &set {", StringComparison.Ordinal);

    [Fact]
    public void Parse_Example_TakesGivenValuesAndDefaults()
    {
        var job = Job();

        job.Name.ShouldBe("example");
        job.Seed.ShouldBe(3);
        job.Model.InputSize.ShouldBe(75);
        job.Model.Dropout.ShouldBe(0.5);
        job.Model.Auxiliary.Enabled.ShouldBeTrue();
        job.Model.Auxiliary.Weight.ShouldBe(0.4);
        job.Data.Train.ShouldBe([new SourceSpec { Format = DatasetFormat.Synthetic, Limit = 1000 }]);
        job.Data.Validation!.Limit.ShouldBe(100);
        job.Optimizer.Name.ShouldBe(OptimizerKind.RmspropTf);
        job.Optimizer.Epsilon.ShouldBeNull();
        job.Optimizer.EffectiveEpsilon.ShouldBe(1);
        job.Batch.MicroBatchSize.ShouldBe(4);
        job.Workers.ShouldBe(new WorkersSpec());
    }

    [Theory]
    [InlineData("fashion-mnist.yaml")]
    [InlineData("tiny.yaml")]
    public void Load_JobsOfTheRepository_AreCorrect(string file) =>
        JobFile.Load(Path.Combine(Repository.Root, "jobs", file), []).Name.ShouldBe(Path.GetFileNameWithoutExtension(file));

    public static TheoryData<string> Recipes =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "jobs", "imagenet")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Load_Recipes_AreCorrectAndSayWhatToExpectOfThem(string file)
    {
        var path = Path.Combine(Repository.Root, "jobs", "imagenet", file);

        var job = JobFile.Load(path, []);

        $"{job.Name}.yaml".ShouldBe(file);
        job.Model.InputSize.ShouldBe(KnownNetworks.Find(job.Model.Name).PublishedInputSize);
        job.Model.Classes.ShouldBe(1000);
        File.ReadLines(path).TakeWhile(line => line.StartsWith('#')).ShouldContain(line => line.Contains("xpected", StringComparison.Ordinal));
    }

    [Fact]
    public void Recipes_AreARowOfThePapersResultsEach_AndOneOfTodayForEachNetwork()
    {
        string[] rows = ["googlenet", "bn-inception", "inception-v2", "inception-v2-rmsprop", "inception-v2-label-smoothing", "inception-v2-factorized-7x7", "inception-v3"];

        Recipes.Select(row => row.Data).ShouldBe([.. rows.Concat(KnownNetworks.Names.Select(name => $"{name}-modern")).Select(name => $"{name}.yaml")], ignoreOrder: true);
    }

    [Theory]
    [InlineData]
    [InlineData("data.validation=null", "optimizer.epsilon=1e-8", "seed=-9223372036854775808")]
    [InlineData("name='null'", "optimizer.learningRate=0.1234567890123456789", "reduction=fast", "precision=bf16", "data.augment.crop=resized")]
    [InlineData("name='1e3'", "data.train={format: idx, path: ./ä b/☃, split: train}")]
    [InlineData("name=\"two\\nlines\"")]
    [InlineData("model.name=googlenet", "model.auxiliary.weights=[0.3,0.25]", "model.batchNorm=true", "model.init=he", "model.auxiliary.dropout=0.1")]
    public void Write_AnyJob_ReadsBackEqual(params string[] overrides)
    {
        var job = Job(overrides);

        JobFile.Parse(JobFile.Write(job), "written.yaml").ShouldBe(job);
    }

    [Theory]
    [InlineData("null and void: # \"quoted\"\\")]
    [InlineData("~")]
    [InlineData("true")]
    [InlineData("0x10")]
    [InlineData(" spaces ")]
    [InlineData("- item")]
    [InlineData("\t\u0085\u2028\r\n🙂")]
    public void Write_AnyText_ReadsBackEqual(string name) =>
        JobFile.Parse(JobFile.Write(Job() with { Name = name }), "written.yaml").Name.ShouldBe(name);

    [Fact]
    public void Write_Example_HoldsEveryFieldInOrder()
    {
        var lines = JobFile.Write(Job()).Split('\n');

        lines[..6].ShouldBe(["name: example", "seed: 3", "model:", "  name: inception-v3", "  classes: 10", "  width: 1"]);
        lines.ShouldContain("  epsilon: null");
        lines.ShouldContain("    split: \"\"");
        lines.ShouldContain("reduction: deterministic");
        lines[^2..].ShouldBe(["precision: fp32", ""]);
    }

    [Fact]
    public void Parse_AnchorsAndAliases_AreFollowed()
    {
        var job = JobFile.Parse(AliasedYaml, "job.yaml");

        job.Data.Validation!.Limit.ShouldBe(1000);
        job.Data.Train.ShouldHaveSingleItem().Limit.ShouldBe(1000);
    }

    [Fact]
    public void Parse_Override_ReplacesOneFieldAlone()
    {
        var job = Job("optimizer.learningRate=0.1", "data.augment.crop=padded", "optimizer.learningRate=0.2");

        job.ShouldBe(Job() with
        {
            Optimizer = Job().Optimizer with { LearningRate = 0.2 },
            Data = Job().Data with { Augment = new AugmentSpec { Crop = CropKind.Padded } },
        });
    }

    [Fact]
    public void Parse_OverrideOfAnAliasedSection_LeavesTheAnchoredOneAlone()
    {
        var job = JobFile.Parse(AliasedYaml, "job.yaml", ["data.validation.limit=7"]);

        job.Data.Train[0].Limit.ShouldBe(1000);
        job.Data.Validation!.Limit.ShouldBe(7);
    }

    [Fact]
    public void Parse_OverrideInAnAbsentSection_MakesTheSection()
    {
        JobFile.Parse(With(Validation, "validation: null"), "job.yaml",
            ["data.validation.format=synthetic", "data.validation.limit=9"]).Data.Validation!.Limit.ShouldBe(9);
    }
}
