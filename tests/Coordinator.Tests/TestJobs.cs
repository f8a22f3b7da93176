using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Tests;

/// <summary>A job of 6 steps: 2 epochs of 37 samples in batches of 12, evaluated on 23 images at steps 4 (first whole epoch) and 6.</summary>
internal static class TestJobs
{
    public const long TrainSamples = 37;
    public const long ValidationSamples = 23;
    public const int EvaluationBlock = 5;

    public static readonly JobSpec Small = new()
    {
        Name = "small",
        Model = new ModelSpec { Name = "inception-v3", Classes = 10, InputSize = 75 },
        Data = new DataSpec
        {
            Train = [new SourceSpec { Format = DatasetFormat.Synthetic, Limit = (int)TrainSamples }],
            Validation = new DatasetSpec { Format = DatasetFormat.Synthetic, Limit = (int)ValidationSamples },
            EvaluationBlock = EvaluationBlock,
        },
        Batch = new BatchSpec { Global = 12, MicroBatches = 6 },
        Optimizer = new OptimizerSpec { Name = OptimizerKind.Sgd, LearningRate = 0.1 },
        Schedule = new ScheduleSpec { Epochs = 2 },
        Checkpoint = new CheckpointSpec { EverySteps = 3, Keep = 2 },
    };

    public static RunSettings Settings(int expected = 1, JobSpec? job = null) => new()
    {
        RunId = "test",
        Job = job ?? Small,
        JobYaml = "name: small",
        ExpectedWorkers = expected,
        CheckpointRoot = "/checkpoints",
    };
}
