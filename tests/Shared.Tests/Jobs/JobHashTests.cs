using Inception.Distributed.Jobs;
using static Inception.Distributed.Tests.Jobs.Example;

namespace Inception.Distributed.Tests.Jobs;

public sealed class JobHashTests
{
    [Theory]
    [InlineData("name=other")]
    [InlineData("data.train.path=/elsewhere")]
    [InlineData("data.validation=null")]
    [InlineData("data.validation.limit=5")]
    [InlineData("data.evaluationBlock=7")]
    [InlineData("schedule.maxSteps=5")]
    [InlineData("schedule.evaluateEvery=0.5")]
    [InlineData("checkpoint.everySteps=5")]
    [InlineData("workers.min=2")]
    [InlineData("workers.max=3")]
    [InlineData("workers.bucketMiB=1")]
    [InlineData("workers.timeout=20")]
    public void OfResult_FieldThatChangesNoBit_StaysTheSame(string change)
    {
        JobHash.OfResult(Job(change)).ShouldBe(JobHash.OfResult(Job()));
        JobHash.OfWhole(Job(change)).ShouldNotBe(JobHash.OfWhole(Job()));
        JobHash.Differences(Job(), Job(change)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("seed", "3", "4")]
    [InlineData("model.width", "1", "0.5")]
    [InlineData("model.auxiliary.weight", "0.4", "0.3")]
    [InlineData("model.auxiliary.weights", "[]", "[0.3]")]
    [InlineData("model.stem", "standard", "stride1")]
    [InlineData("model.init", "null", "he")]
    [InlineData("loss.labelSmoothing", "0", "0.1")]
    [InlineData("data.train.limit", "1000", "999")]
    [InlineData("data.train.split", "", "train")]
    [InlineData("data.augment.flip", "true", "false")]
    [InlineData("data.normalize.mean", "0.5", "0.4")]
    [InlineData("batch.microBatches", "6", "3")]
    [InlineData("optimizer.name", "rmsprop-tf", "adamw")]
    [InlineData("optimizer.epsilon", "null", "1")]
    [InlineData("optimizer.ema", "0", "0.99")]
    [InlineData("optimizer.trustCoefficient", "0.001", "0.01")]
    [InlineData("data.augment.mixup", "0", "0.2")]
    [InlineData("data.augment.cutmix", "0", "1")]
    [InlineData("data.augment.randAugment.operations", "0", "2")]
    [InlineData("data.resize", "auto", "bicubic")]
    [InlineData("data.dctScaling", "true", "false")]
    [InlineData("schedule.milestones", "[]", "[0.5, 1.5]")]
    [InlineData("schedule.epochs", "2", "3")]
    [InlineData("workers.threads", "1", "2")]
    [InlineData("reduction", "deterministic", "fast")]
    [InlineData("precision", "fp32", "bf16")]
    public void OfResult_FieldThatChangesBits_DiffersAndIsNamed(string field, string before, string after)
    {
        var changed = Job($"{field}={after}", "name=other");

        JobHash.OfResult(changed).ShouldNotBe(JobHash.OfResult(Job()));
        JobHash.Differences(Job(), changed).ShouldBe([new JobDifference(field, before, after)]);
    }

    // A new field that is not marked as later, or another default, changes the hash, and no checkpoint written before can be resumed: never by accident.
    [Fact]
    public void OfResult_Example_IsWhatItWas() =>
        JobHash.OfResult(Job()).ShouldBe("216531de830b858e01ade54696361df3abc91a29601ee460d72dffebb7c800c0");

    [Fact]
    public void Hashes_JobReadBackFromItsFile_AreTheSame()
    {
        var copy = JobFile.Parse(JobFile.Write(Job()), "copy.yaml");

        JobHash.OfResult(copy).ShouldBe(JobHash.OfResult(Job()));
        JobHash.OfWhole(copy).ShouldBe(JobHash.OfWhole(Job()));
    }
}
