using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Tests.Jobs;

namespace Inception.Distributed.Tests.Checkpoints;

public sealed class InitialWeightsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_ARunsDirectory_TakesItsNewestCheckpointsAverage()
    {
        Save("run/checkpoints/step-00000005", Example.Job(), CheckpointFiles.Weights);
        Save("run/checkpoints/step-00000009", Example.Job(), CheckpointFiles.Weights, CheckpointFiles.Ema);

        var weights = InitialWeights.Open(Starting("run").Model);

        weights.Path.ShouldBe(_directory["run/checkpoints/step-00000009/ema.safetensors"]);
        weights.Checkpoint.Directory.ShouldEndWith("step-00000009");
    }

    [Fact]
    public void PinIn_TheHash_IsPartOfTheResult_AndThePathIsNot()
    {
        Save("a", Example.Job(), CheckpointFiles.Weights);
        Save("b", Example.Job(), CheckpointFiles.Weights);
        var (a, b) = (Starting("a"), Starting("b"));

        JobHash.OfResult(InitialWeights.Open(a.Model).PinIn(a)).ShouldBe(JobHash.OfResult(InitialWeights.Open(b.Model).PinIn(b)));
        JobHash.OfResult(InitialWeights.Open(a.Model).PinIn(a)).ShouldNotBe(JobHash.OfResult(Example.Job()));
    }

    [Fact]
    public void Open_OtherWeightsThanPinned_AreRefused()
    {
        Save("a", Example.Job(), CheckpointFiles.Weights);

        Problem(Starting("a", $"model.weightsSha256={new string('0', 64)}")).Message.ShouldContain("these are other weights");
    }

    [Theory]
    [InlineData("model.width=0.5", "holds weights of inception-v3 of width 0.5, and the job trains inception-v3 of width 1")]
    public void Open_AnotherNetwork_IsRefused(string change, string message)
    {
        Save("a", Example.Job(change), CheckpointFiles.Weights);

        var problem = Problem(Starting("a"));

        problem.Where.ShouldBe("model.weights");
        problem.Message.ShouldEndWith(message);
    }

    [Fact]
    public void Open_NothingThere_SaysWhatIsWanted()
    {
        Directory.CreateDirectory(_directory["empty"]);

        Problem(Starting("missing")).Message.ShouldStartWith("there is no directory");
        Problem(Starting("empty")).Message.ShouldContain("give a checkpoint's directory, or a run's for its newest one");
    }

    [Fact]
    public void Open_ADamagedCheckpoint_IsRefused()
    {
        Save("a", Example.Job(), CheckpointFiles.Weights);
        File.AppendAllText(_directory["a/weights.safetensors"], "x");

        Problem(Starting("a")).Message.ShouldContain("is damaged: weights.safetensors has");
    }

    [Fact]
    public void Notes_SayWhatStartsFromRandomWeightsAndWhichImagesAreExpected()
    {
        Save("a", Example.Job("model.classes=1000", "model.auxiliary.enabled=false"), CheckpointFiles.Weights);
        var job = Starting("a", "data.normalize.mean=0.25");

        var notes = InitialWeights.Open(job.Model).Notes(job).ToList();

        notes[0].ShouldStartWith($"Starts from the weights in {_directory["a"]} (sha256 ");
        notes[1..].ShouldBe(
        [
            "They tell 1000 classes apart, and the job has 10: all heads start from random weights.",
            "They have no auxiliary head: it starts from random weights.",
            "They expect images normalised by mean 0.5 and deviation 0.5; data.normalize has mean 0.25 and deviation 0.5.",
        ]);
    }

    [Theory]
    [InlineData("model.weightsSha256=ab", "model.weightsSha256 is given without model.weights")]
    [InlineData("model.weightsSha256=ab", "model.weightsSha256 must be 64 lower-case hexadecimal digits, not 'ab'")]
    public void Job_HashThatIsNone_IsRefused(string change, string message) =>
        Should.Throw<UserErrorException>(() => Example.Job(change)).Problems.ShouldContain(problem => problem.Message.StartsWith(message, StringComparison.Ordinal));

    private JobSpec Starting(string directory, params string[] changes) => Example.Job([$"model.weights={_directory[directory]}", .. changes]);

    private static Problem Problem(JobSpec job) => Should.Throw<UserErrorException>(() => InitialWeights.Open(job.Model)).Problems[0];

    private void Save(string directory, JobSpec job, params string[] files)
    {
        using var writer = new CheckpointWriter(_directory[directory]);
        foreach (var file in files) writer.AddFile(file, output => output.Write(Saved.Weights(file.Length)));
        writer.Commit(Saved.State(1) with { JobYaml = JobFile.Write(job) });
    }
}
