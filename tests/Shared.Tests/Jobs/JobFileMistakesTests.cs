using Inception.Distributed.Jobs;
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
              inputSize: 0
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
            new("job.yaml:3:9", "model.name must be one of googlenet, googlenet-torchvision, bn-inception, inception-v2, inception-v3, not 'inception-v4'; "
                + "did you mean 'inception-v2'?"),
            new("job.yaml:4:12", "model.classes must be a whole number, at least 2, not ten"),
            new("job.yaml:5:14", "model.inputSize must be a whole number of pixels, at least 1 and at most 4096, not 0"),
            new("job.yaml:13:3", "unknown field 'learningRte' in optimizer; did you mean 'learningRate'? (fields: name, learningRate, "
                + "decay, epsilon, momentum, nesterov, trustCoefficient, beta1, beta2, weightDecay, gradientClip, ema, emaWarmup)"),
            new("job.yaml:12:3", "optimizer.learningRate is missing; it must be a number, above 0"),
            new("job.yaml:10:17", "batch.microBatches must divide batch.global (24), and 5 does not; the nearest that does is 4"),
        ]);
    }

    [Theory]
    [InlineData("epochs: 2", "epochs: \"2\"", "schedule.epochs must be a number of epochs, above 0 and at most 1000000, not the text \"2\" (leave out the quotes)")]
    [InlineData("epochs: 2", "epochs: .nan", "schedule.epochs must be a number of epochs, above 0 and at most 1000000, not .nan")]
    [InlineData("epochs: 2", "epochs: 1e999", "schedule.epochs must be a number of epochs, above 0 and at most 1000000, not 1e999")]
    [InlineData("epochs: 2", "epochs: 0", "schedule.epochs must be a number of epochs, above 0 and at most 1000000, not 0")]
    [InlineData("epochs: 2", "epochs: [2]", "schedule.epochs must be a number of epochs, above 0 and at most 1000000, not a list")]
    [InlineData("epochs: 2", "epochs: {every: 2}", "schedule.epochs must be a number of epochs, above 0 and at most 1000000, not a section")]
    [InlineData("epochs: 2", "epochs:", "schedule.epochs has no value; it must be a number of epochs, above 0 and at most 1000000")]
    [InlineData("classes: 10", "classes: 10.5", "model.classes must be a whole number, at least 2, not 10.5")]
    [InlineData("classes: 10", "classes: 3000000000", "model.classes must be a whole number, at least 2, not 3000000000")]
    [InlineData("classes: 10", "classes: 1", "model.classes must be a whole number, at least 2, not 1")]
    [InlineData("name: rmsprop-tf", "name: rmsprop_tf", "optimizer.name must be one of rmsprop, rmsprop-tf, sgd, adamw, lars, not 'rmsprop_tf'; did you mean 'rmsprop-tf'?")]
    [InlineData("name: rmsprop-tf", "name: lion", "optimizer.name must be one of rmsprop, rmsprop-tf, sgd, adamw, lars, not 'lion'")]
    [InlineData("seed: 3", "seed: 3\nworkers: 4", "workers must be a section with the fields min, max, threads, bucketMiB, heartbeat, timeout, startTimeout, orphanTimeout, stragglers, not '4'")]
    [InlineData("inputSize: 75", "inputSize: 75\n  auxiliary: {weights: [-1]}", "model.auxiliary.weights must be a list of numbers, at least 0; '-1' is none")]
    [InlineData("inputSize: 75", "inputSize: 75\n  stem: 7x7", "model.stem must be one of standard, stride1, stride1-no-pool, not '7x7'")]
    [InlineData("inputSize: 75", "inputSize: 75\n  init: hee", "model.init must be one of truncated-normal, he, xavier, or null, not 'hee'; did you mean 'he'?")]
    [InlineData("seed: 3", "seed: 3\nseed: 4", "seed is given twice; first at job.yaml:2:1")]
    [InlineData("seed: 3", "seed: 3\nloss: {labelSmoothing: 1}", "loss.labelSmoothing must be a number, at least 0 and below 1, not 1")]
    [InlineData("seed: 3", "seed: 3\nloss: {labelSmoothing: -0.1}", "loss.labelSmoothing must be a number, at least 0 and below 1, not -0.1")]
    [InlineData("seed: 3", "seed: 3\nbatchSize: 3",
        "unknown field 'batchSize' (fields: name, seed, model, loss, data, batch, optimizer, schedule, checkpoint, numbers, workers, reduction, precision)")]
    [InlineData("  epochs: 2", "  epochs: 2\n  ema: 0.9",
        "unknown field 'ema' in schedule; did you mean 'optimizer.ema'? (fields: epochs, maxSteps, warmup, policy, decayRate, decayEpochs, finalFraction, power, milestones, stepFactor, evaluateEvery, evaluateRaw)")]
    public void Parse_OneMistake_SaysWhatWasGivenAndWhatIsAllowed(string old, string replacement, string message) =>
        ProblemsOf(With(old, replacement)).Select(problem => problem.Message).ShouldBe([message]);

    [Theory]
    [InlineData("batch.global=6", "auxiliary head")]
    [InlineData("batch.global=6 model.auxiliary.enabled=false", "with model.inputSize 75 the last feature map of inception-v3 is 1×1")]
    [InlineData("batch.global=6 model.auxiliary.enabled=false model.inputSize=106", "with model.inputSize 106")]
    [InlineData("batch.global=6 model.name=inception-v2 model.auxiliary.normalizeFc=false", "with model.inputSize 75 the last feature map of inception-v2 is 1×1")]
    [InlineData("batch.global=6 model.name=googlenet model.batchNorm=true model.inputSize=32", "with model.inputSize 32 the last feature map of googlenet is 1×1")]
    [InlineData("model.inputSize=74", "model.inputSize must be at least 75 pixels for inception-v3, not 74")]
    [InlineData("model.inputSize=38 model.stem=stride1", "model.inputSize must be at least 39 pixels for inception-v3 with model.stem stride1, not 38")]
    [InlineData("model.name=googlenet model.inputSize=30", "model.inputSize must be at least 31 pixels for googlenet, not 30")]
    [InlineData("model.batchNorm=true", "model.batchNorm changes nothing in inception-v3; it is for googlenet; leave it out")]
    [InlineData("model.factorized7x7=false", "model.factorized7x7 changes nothing in inception-v3; it is for inception-v2; leave it out")]
    [InlineData("model.name=googlenet model.countIncludePad=false",
        "model.countIncludePad changes nothing in googlenet; it is for bn-inception, inception-v2, inception-v3; leave it out")]
    [InlineData("model.auxiliary.normalizeFc=false", "model.auxiliary.normalizeFc changes nothing in inception-v3; it is for inception-v2; leave it out")]
    [InlineData("model.auxiliary.heads=2", "model.auxiliary.heads must be 1 for inception-v3, not 2")]
    [InlineData("model.name=inception-v2 model.auxiliary.heads=3", "model.auxiliary.heads must be 1 or 2 for inception-v2, not 3")]
    [InlineData("model.auxiliary.weights=[0.3,0.2]", "model.auxiliary.weights must hold one number for each auxiliary head: inception-v3 has 1 here, and 2 are given")]
    [InlineData("model.name=googlenet model.auxiliary.weights=[0.3,0.2,0.1]", "googlenet has 2 here, and 3 are given")]
    [InlineData("workers.max=7", "workers.max (7) must not exceed batch.microBatches (6): a worker needs at least one micro-batch")]
    [InlineData("workers.min=7", "workers.min (7) must not exceed batch.microBatches (6): a worker needs at least one micro-batch")]
    [InlineData("workers.min=4 workers.max=3", "workers.min (4) must not exceed workers.max (3)")]
    [InlineData("workers.timeout=1", "workers.timeout (1 s) must be longer than workers.heartbeat (1 s)")]
    [InlineData("schedule.warmup=2", "schedule.warmup (2 epochs) must be shorter than schedule.epochs (2)")]
    [InlineData("schedule.evaluateEvery=1e-4", "schedule.evaluateEvery must be 0 or at least 0.001 epochs, not 0.0001")]
    [InlineData("numbers.spike=rollback checkpoint.everySteps=0",
        "numbers.spike is rollback, and checkpoint.everySteps is 0, so that there is nothing to go back to; give a checkpoint.everySteps above 0, or skip or halt")]
    [InlineData("numbers.nonFinite=panic", "numbers.nonFinite must be one of skip, rollback, halt, not 'panic'")]
    [InlineData("optimizer.nesterov=true", "optimizer.nesterov needs optimizer.name sgd or lars and a momentum above 0")]
    [InlineData("optimizer.emaWarmup=true", "optimizer.emaWarmup needs an optimizer.ema above 0; there is no average to warm up")]
    [InlineData("data.augment.mixup=0.2 batch.global=6 model.auxiliary.enabled=false model.inputSize=107", "data.augment.mixup mixes the samples of a micro-batch, and a micro-batch of 1 sample has none to mix; lower batch.microBatches or raise batch.global")]
    [InlineData("data.augment.cutmix=1 batch.global=6 model.auxiliary.enabled=false model.inputSize=107", "data.augment.cutmix mixes the samples of a micro-batch")]
    [InlineData("data.train.limit=0", "data.train.limit must say how many samples to make for format synthetic")]
    [InlineData("data.train={format: imagefolder}", "data.train.path is missing; format imagefolder needs the dataset's directory")]
    [InlineData("data.train={format: idx, split: train}", "data.train.path is missing; format idx needs the dataset's directory")]
    [InlineData("data.validation={format: idx, path: /data, split: val}", "data.validation.split must be train or test for format idx, not 'val'")]
    public void Parse_FieldsThatContradictEachOther_SaysWhichAndWhy(string overrides, string message) =>
        ProblemsOf(Yaml, overrides.Contains('{', StringComparison.Ordinal) ? [overrides] : overrides.Split(' '))
            .ShouldHaveSingleItem().Message.ShouldContain(message);

    [Theory]
    [InlineData("batch.global=6 model.auxiliary.enabled=false model.inputSize=107")]
    [InlineData("batch.global=6 model.name=googlenet model.inputSize=32")]
    [InlineData("batch.global=6 model.name=bn-inception model.inputSize=64")]
    [InlineData("model.name=googlenet model.auxiliary.weights=[0.3,0.2]")]
    [InlineData("model.name=inception-v2 model.auxiliary.heads=2 model.auxiliary.weights=[0.3,0.2] model.factorized7x7=false model.auxiliary.normalizeFc=false")]
    [InlineData("model.auxiliary.enabled=false model.auxiliary.weights=[0.3,0.2]")]
    [InlineData("model.inputSize=75")]
    [InlineData("model.inputSize=39 model.stem=stride1")]
    [InlineData("batch.global=12")]
    [InlineData("workers.max=6 workers.min=6")]
    [InlineData("optimizer.nesterov=true optimizer.name=sgd")]
    [InlineData("optimizer.nesterov=true optimizer.name=lars")]
    [InlineData("optimizer.emaWarmup=true optimizer.ema=0.9")]
    [InlineData("data.augment.mixup=0.2 data.augment.cutmix=1 batch.global=12")]
    [InlineData("schedule.warmup=1.99")]
    public void Parse_JustWithinTheRules_IsAccepted(string overrides) => Should.NotThrow(() => Job(overrides.Split(' ')));

    [Theory]
    [InlineData("optimizer.learningRte=1", "--set optimizer.learningRte", "unknown field 'learningRte' in optimizer; did you mean 'learningRate'?")]
    [InlineData("learningRate=1", "--set learningRate", "unknown field 'learningRate'; did you mean 'optimizer.learningRate'?")]
    [InlineData("optimizr.momentum=1", "--set optimizr.momentum", "unknown field 'optimizr'; did you mean 'optimizer'?")]
    [InlineData("seed.value=1", "--set seed.value", "seed has no fields; it must be a whole number")]
    [InlineData("optimizer.learningRate", "--set optimizer.learningRate", "write it as field=value, e.g. optimizer.learningRate=0.1")]
    [InlineData("optimizer.learningRate=fast", "--set optimizer.learningRate", "optimizer.learningRate must be a number, above 0, not fast")]
    [InlineData("optimizer.learningRate=", "--set optimizer.learningRate", "optimizer.learningRate has no value")]
    [InlineData("optimizer=sgd", "--set optimizer", "optimizer must be a section with the fields name, learningRate")]
    [InlineData("name=[", "--set name", "not valid YAML")]
    [InlineData("batch.microBatches=7", "--set batch.microBatches", "batch.microBatches must divide batch.global (24), and 7 does not; the nearest that does is 6")]
    public void Parse_WrongOverride_PointsToTheArgument(string argument, string where, string message)
    {
        var problem = ProblemsOf(Yaml, argument).ShouldHaveSingleItem();

        problem.Where.ShouldBe(where);
        problem.Message.ShouldStartWith(message);
    }

    [Theory]
    [InlineData("name: [a", "job.yaml:2:1: not valid YAML: while parsing a flow sequence, did not find expected ',' or ']'.")]
    [InlineData("name: @a", "job.yaml:1:7: not valid YAML: while scanning for the next token, found character that cannot start any token.")]
    [InlineData("name: a\n  b: c", "job.yaml:2:4: not valid YAML: while scanning a plain scalar value, found invalid mapping.")]
    [InlineData("name: a\nmodel\ndata: x", "job.yaml:2:1: not valid YAML: while parsing a block mapping, did not find expected key.")]
    [InlineData("name: a\nmodel:\n\tclasses: 2", "job.yaml:3:1: not valid YAML: a tab in the indentation; use spaces")]
    public void Parse_BadYaml_GivesOneMessageWithThePlace(string yaml, string message) =>
        Should.Throw<UserErrorException>(() => JobFile.Parse(yaml, "job.yaml")).Message.ShouldBe(message);

    [Theory]
    [InlineData("", "job.yaml", "is empty; a job file is a section with the fields name, seed, model")]
    [InlineData("# nothing but a comment", "job.yaml", "is empty")]
    [InlineData("--- ~", "job.yaml", "is empty")]
    [InlineData("- a\n- b", "job.yaml:1:1", "a job file is a section with the fields")]
    [InlineData("a: 1\n---\nb: 2", "job.yaml:2:1", "a second document starts here; a job file is one YAML document")]
    [InlineData("? [a]\n: b", "job.yaml:1:3", "a field's name must be a text")]
    [InlineData("name: *x", "job.yaml:1:7", "the alias '*x' has no anchor '&x' before it")]
    public void Parse_NotAJob_SaysSo(string yaml, string where, string message)
    {
        var problem = ProblemsOf(yaml).ShouldHaveSingleItem();

        problem.Where.ShouldBe(where);
        problem.Message.ShouldStartWith(message);
    }

    [Fact]
    public void Load_NoSuchFile_NamesItAndTheJobFilesNearby()
    {
        var path = Path.Combine(Repository.Root, "jobs", "tyni.yaml");

        var problem = Should.Throw<UserErrorException>(() => JobFile.Load(path, [])).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe(path);
        problem.Message.ShouldBe("no such file; did you mean 'tiny.yaml'? (in its directory are fashion-mnist.yaml, tiny.yaml)");
    }

    [Fact]
    public void Load_Directory_SaysSo() =>
        Should.Throw<UserErrorException>(() => JobFile.Load(Repository.Root, [])).Problems[0].Message
            .ShouldBe("is a directory, not a job file");
}
