using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Tests.Launch;

public class WorkerCountTests
{
    [Theory]
    [InlineData(1, 0, 1, 1)]
    [InlineData(2, 0, 1, 2)]
    [InlineData(64, 0, 1, 6)] // no more than there are micro-batches
    [InlineData(64, 3, 1, 3)] // workers.max
    [InlineData(8, 0, 4, 2)] // each worker computes with four threads
    [InlineData(2, 0, 4, 1)]
    public void Choose_NotAsked_FillsTheCores(int cores, int max, int threads, int expected) =>
        WorkerCount.Choose(Job(max, threads), asked: null, cores).ShouldBe(expected);

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Choose_Asked_IsTaken(int asked) => WorkerCount.Choose(Job(), asked, cores: 2).ShouldBe(asked);

    [Fact]
    public void Choose_MoreThanMicroBatches_NamesTheLimit() =>
        Should.Throw<UserErrorException>(() => WorkerCount.Choose(Job(), 7, cores: 2)).Problems.ShouldHaveSingleItem()
            .Message.ShouldBe("7 workers, but a step has only 6 micro-batches (batch.microBatches), at least one for each worker; "
                + "use at most 6 workers, or raise batch.microBatches, which changes the result");

    [Fact]
    public void Choose_MoreThanWorkersMax_NamesTheLimit() =>
        Should.Throw<UserErrorException>(() => WorkerCount.Choose(Job(max: 3), 4, cores: 2)).Problems.ShouldHaveSingleItem()
            .Message.ShouldBe("4 workers, but the job allows at most 3 (workers.max)");

    [Fact]
    public void Choose_Zero_IsRefused() => Should.Throw<UserErrorException>(() => WorkerCount.Choose(Job(), 0, cores: 2));

    private static JobSpec Job(int max = 0, int threads = 1) => new()
    {
        Name = "job",
        Model = new ModelSpec { Name = "inception-v3", Classes = 10 },
        Data = new DataSpec { Train = [new SourceSpec { Format = DatasetFormat.Synthetic, Limit = 100 }] },
        Batch = new BatchSpec { Global = 12, MicroBatches = 6 },
        Optimizer = new OptimizerSpec { Name = OptimizerKind.Sgd, LearningRate = 0.1 },
        Schedule = new ScheduleSpec { Epochs = 1 },
        Workers = new WorkersSpec { Max = max, Threads = threads },
    };
}
