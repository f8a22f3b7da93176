using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Worker.Checkpointing;
using Inception.Distributed.Worker.Evaluation;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Evaluation;

/// <summary>Small networks as initialised from their seeds, saved as checkpoints.</summary>
internal sealed class SavedModels : IOutbox, IDisposable
{
    public const int Images = 13;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("inception-test-");

    public static JobSpec Job(int seed = 1, int inputSize = 75, int classes = 5) => new()
    {
        Name = "small",
        Seed = seed,
        Model = new ModelSpec { Name = "inception-v3", Classes = classes, Width = 0.125, InputSize = inputSize, Auxiliary = new AuxiliarySpec { Enabled = false } },
        Data = new DataSpec
        {
            Train = [new SourceSpec { Format = DatasetFormat.Synthetic, Limit = 20 }],
            Validation = new DatasetSpec { Format = DatasetFormat.Synthetic, Limit = Images },
            EvaluationBlock = 4,
        },
        Batch = new BatchSpec { Global = 4, MicroBatches = 1 },
        Optimizer = new OptimizerSpec { Name = OptimizerKind.Sgd, LearningRate = 0.1, Ema = 0.9 },
        Schedule = new ScheduleSpec { Epochs = 1 },
    };

    public CheckpointReference Save(JobSpec job)
    {
        using var replica = new Replica(job, device("cpu"));
        replica.Initialize();
        using (no_grad())
        {
            replica.Arenas[ArenaKind.Ema].mul_(1.5); // An average that can't be mistaken for the weights.
        }

        var data = DatasetPair.Open(job, NullLogger.Instance);
        var plan = new JobPlan(job, data.Train.Count, data.Validation!.Count);
        var directory = Path.Combine(_root.FullName, $"step-{Directory.GetDirectories(_root.FullName).Length:D8}");
        using (var saver = new CheckpointSaver(plan, replica, new StateLayout(replica.Layout, replica.Arenas), data, this, TimeProvider.System, NullLogger.Instance))
        {
            saver.Begin(directory, generation: 1, [], isRequired: true);
        }

        return new CheckpointReference { Directory = directory, ManifestSha256 = Checkpoint.Open(directory).ManifestSha256 };
    }

    public static CheckpointEvaluator Open(JobSpec job, int crops, string weights, IEnumerable<long> leftOut, params CheckpointReference[] checkpoints) =>
        CheckpointEvaluator.Open(job, new EvaluationJob { Checkpoints = { checkpoints }, Crops = crops, Weights = weights, LeftOut = { leftOut } }, device("cpu"), NullLogger.Instance);

    /// <summary>All outcomes, block by block.</summary>
    public static List<(long Image, int Label, int Predicted, int Rank, double Loss)> EvaluateAll(CheckpointEvaluator evaluator)
    {
        var all = new List<(long, int, int, int, double)>();
        for (var block = 0; block < evaluator.BlockCount; block++)
        {
            var outcomes = evaluator.Evaluate(block, () => false)!.Outcomes;
            for (var i = 0; i < outcomes.Images.Count; i++)
                all.Add((outcomes.Images[i], outcomes.Labels[i], outcomes.Predictions[i], outcomes.Ranks[i], outcomes.Losses[i]));
        }

        return all;
    }

    public void Send(WorkerMessage message) => message.CheckpointReport.Error.ShouldBe("");

    public void Dispose() => _root.Delete(recursive: true);
}
