using static Inception.Distributed.Tests.Jobs.Example;

namespace Inception.Distributed.Tests.Jobs;

public sealed class JobFileMistakesTests
{
    [Fact]
    public void Parse_FiveMistakesInOneFile_ReportsAllWithPlaceAndRemedy()
    {
        const string yaml = """
            name: broken
            model:
              name: inception-v4
              classes: ten
              inputSize: 32
            data:
              train: {format: idx, path: /data, split: train}
            batch:
              global: 24
              microBatches: 5
            optimizer:
              name: rmsprop
              learningRte: 0.1
            schedule:
              epochs: 2
            """;

        ProblemsOf(yaml).ShouldBe(
        [
            new("job.yaml:3:9", "model.name must be one of inception-v3, not 'inception-v4'; did you mean 'inception-v3'?"),
            new("job.yaml:4:12", "model.classes must be a whole number, at least 2, not ten"),
            new("job.yaml:5:14", "model.inputSize must be a whole number, at least 75 and at most 4096, not 32"),
            new("job.yaml:13:3", "unknown field 'learningRte' in optimizer; did you mean 'learningRate'? (fields: name, learningRate, decay, epsilon, "
                + "momentum, nesterov, beta1, beta2, weightDecay, gradientClip, ema)"),
            new("job.yaml:12:3", "optimizer.learningRate is missing; it is a number, above 0"),
            new("job.yaml:10:17", "batch.microBatches must divide batch.global (24), and 5 does not; the nearest that does is 4"),
        ]);
    }

    [Theory]
    [InlineData("epochs: 2", "epochs: \"2\"", "schedule.epochs must be a number, above 0 and at most 1000000, not the text \"2\" (leave out the quotes)")]
    [InlineData("epochs: 2", "epochs: .nan", "schedule.epochs must be a number, above 0 and at most 1000000, not .nan")]
    [InlineData("epochs: 2", "epochs: 1e999", "schedule.epochs must be a number, above 0 and at most 1000000, not 1e999")]
    [InlineData("epochs: 2", "epochs: 0", "schedule.epochs must be a number, above 0 and at most 1000000, not 0")]
    [InlineData("epochs: 2", "epochs: [2]", "schedule.epochs must be a number, above 0 and at most 1000000, not a list")]
    [InlineData("epochs: 2", "epochs: {every: 2}", "schedule.epochs must be a number, above 0 and at most 1000000, not a section")]
    [InlineData("epochs: 2", "epochs:", "schedule.epochs has no value; it is a number, above 0 and at most 1000000")]
    [InlineData("classes: 10", "classes: 10.5", "model.classes must be a whole number, at least 2, not 10.5")]
    [InlineData("classes: 10", "classes: 3000000000", "model.classes must be a whole number, at least 2, not 3000000000")]
    [InlineData("classes: 10", "classes: 1", "model.classes must be a whole number, at least 2, not 1")]
    [InlineData("name: rmsprop-tf", "name: rmsprop_tf", "optimizer.name must be one of rmsprop, rmsprop-tf, sgd, adamw, not 'rmsprop_tf'; did you mean 'rmsprop-tf'?")]
    [InlineData("name: rmsprop-tf", "name: lion", "optimizer.name must be one of rmsprop, rmsprop-tf, sgd, adamw, not 'lion'")]
    [InlineData("seed: 3", "seed: 3\nworkers: 4", "workers must be a section with the fields min, max, threads, bucketMiB, heartbeat, timeout, orphanTimeout, not '4'")]
    [InlineData("seed: 3", "seed: 3\nseed: 4", "seed is given twice; first at job.yaml:2:1")]
    [InlineData("seed: 3", "seed: 3\nloss: {labelSmoothing: 1}", "loss.labelSmoothing must be a number, at least 0 and below 1, not 1")]
    [InlineData("seed: 3", "seed: 3\nloss: {labelSmoothing: -0.1}", "loss.labelSmoothing must be a number, at least 0 and below 1, not -0.1")]
    [InlineData("seed: 3", "seed: 3\nbatchSize: 3",
        "unknown field 'batchSize' (fields: name, seed, model, loss, data, batch, optimizer, schedule, checkpoint, workers, reduction, precision)")]
    [InlineData("  epochs: 2", "  epochs: 2\n  ema: 0.9",
        "unknown field 'ema' in schedule; did you mean 'optimizer.ema'? (fields: epochs, maxSteps, warmup, policy, decayRate, decayEpochs, finalFraction, evaluateEvery)")]
    public void Parse_OneMistake_SaysWhatWasGivenAndWhatIsAllowed(string old, string replacement, string message) =>
        ProblemsOf(With(old, replacement)).Select(problem => problem.Message).ShouldBe([message]);
}
