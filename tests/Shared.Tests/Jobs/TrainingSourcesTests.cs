using Inception.Distributed.Jobs;
using static Inception.Distributed.Tests.Jobs.Example;

namespace Inception.Distributed.Tests.Jobs;

/// <summary>data.train as a list.</summary>
public sealed class TrainingSourcesTests
{
    private const string Two = "data.train=[{format: synthetic, limit: 100, weight: 3}, {format: imagefolder, path: /data, split: train}]";

    [Fact]
    public void Parse_AList_GivesItsSourcesInOrder()
    {
        Job(Two).Data.Train.ShouldBe(
        [
            new SourceSpec { Format = DatasetFormat.Synthetic, Limit = 100, Weight = 3 },
            new SourceSpec { Format = DatasetFormat.ImageFolder, Path = "/data", Split = "train" },
        ]);
    }

    [Fact]
    public void Parse_AListOfOne_IsTheSameJobAsTheSectionAlone()
    {
        var listed = Job("data.train=[{format: synthetic, limit: 1000}]");

        listed.ShouldBe(Job());
        JobHash.OfWhole(listed).ShouldBe(JobHash.OfWhole(Job()));
    }

    [Fact]
    public void Write_SeveralSources_GivesThemBack()
    {
        var text = JobFile.Write(Job(Two));

        text.ShouldContain("  train:\n  - format: synthetic\n");
        JobFile.Parse(text, "job.yaml").ShouldBe(Job(Two));
    }

    [Fact]
    public void Parse_Mistakes_AreNamedBySource()
    {
        Problems("data.train=[{format: synthetic, limit: 5}, {format: imagefolder}, {format: idx, path: /d, split: val}, {path: /x}]").ShouldBe(
        [
            "data.train[3].format is missing; it must be one of idx, imagefolder, imagenet, webdataset, synthetic",
            "data.train[1].path is missing; format imagefolder needs the dataset's directory",
            "data.train[2].split must be train or test for format idx, not 'val'",
        ]);
        Problems("data.train=[{format: synthetic, limit: 5, weight: 0}, {format: synthetic, limit: 5}]")
            .ShouldBe(["data.train[0].weight must be a number, above 0 and at most 1000000, not 0"]);
        Problems("data.train=[{format: synthetic, limit: 5}, synthetic]")
            .ShouldBe(["data.train[1] must be a section with the fields format, path, split, limit, weight"]);
        Problems("data.train=[]").ShouldBe(
            ["data.train must be a section, or a list of sections, with the fields format, path, split, limit, weight, not an empty list"]);
    }

    [Fact]
    public void Parse_OverrideOfAFieldInAList_IsRefused()
    {
        var file = JobFile.Write(Job(Two));

        Should.Throw<UserErrorException>(() => JobFile.Parse(file, "job.yaml", ["data.train.limit=5"])).Problems.ShouldHaveSingleItem()
            .ShouldBe(new Problem("--set data.train.limit", "data.train is a list in the file; replace it as a whole, e.g. --set 'data.train=[{…}, {…}]'"));
    }

    [Fact]
    public void Hashes_TellSourcesTheirOrderAndTheirWeightsApart()
    {
        string[] jobs =
        [
            "data.train=[{format: synthetic, limit: 100, weight: 3}, {format: synthetic, limit: 200}]",
            "data.train=[{format: synthetic, limit: 100, weight: 2}, {format: synthetic, limit: 200}]",
            "data.train=[{format: synthetic, limit: 200}, {format: synthetic, limit: 100, weight: 3}]",
            "data.train=[{format: synthetic, limit: 100}]",
        ];

        jobs.Select(job => JobHash.OfResult(Job(job))).Distinct().Count().ShouldBe(4);
        JobHash.Differences(Job(jobs[0]), Job(jobs[1])).ShouldBe([new JobDifference("data.train[0].weight", "3", "2")]);
        JobHash.Differences(Job(jobs[0]), Job(jobs[3])).ShouldContain(new JobDifference("data.train[0].limit", "100", "(none)"));
        JobHash.Differences(Job(jobs[0]), Job(jobs[3])).ShouldContain(new JobDifference("data.train.limit", "(none)", "100"));
    }

    private static IEnumerable<string> Problems(string change) =>
        Should.Throw<UserErrorException>(() => Job(change)).Problems.Select(problem => problem.Message);
}
