using System.Diagnostics;
using Inception.Distributed.Evaluation;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Collectives;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Evaluation;

/// <summary>
/// Evaluates this rank's blocks of the validation set, with the running average of the weights where the job keeps one, and then with the
/// raw weights beside it when the job says so. Blocks are cut by position and computed whole, so the figures do not depend on the
/// number of workers. Training thread only.
/// </summary>
internal sealed class Evaluator(Replica replica, JobPlan plan, ValidationSource source)
{
    /// <returns>Null when <paramref name="stop"/> was asked for before all blocks were done.</returns>
    public EvaluationReport? Run(WorkerGroup group, Func<bool> stop, TrainingActivity activity)
    {
        var started = Stopwatch.GetTimestamp();
        var report = new EvaluationReport { Generation = group.Generation, Step = replica.Arenas.Step };
        using var quiet = no_grad();
        using var weights = EvaluationWeights.Install(replica);
        replica.Model.eval();
        foreach (var block in source.BlocksOf(group.Rank, group.Size))
        {
            if (stop()) return null;
            activity.Set($"evaluating block {block.Index} at step {replica.Arenas.Step}");
            report.Blocks.Add(Evaluate(block, weights));
        }

        report.Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return report;
    }

    // Both kinds of weights see a block while it is there: its images are read and prepared once.
    private EvaluationBlock Evaluate(ValidationBlock block, EvaluationWeights weights)
    {
        using var scope = NewDisposeScope();
        var size = replica.Job.Model.InputSize;
        var images = tensor(block.Images.AsSpan(0, block.Count * size * size * 3).ToArray(), [block.Count, size, size, 3], float32).permute(0, 3, 1, 2).to(replica.Device);
        var figures = Classify(images, block.Labels);
        var result = new EvaluationBlock
        {
            Index = block.Index,
            Images = block.Count,
            Top1Correct = figures.Top1Correct,
            Top5Correct = figures.Top5Correct,
            LossSum = figures.LossSum,
        };
        if (!weights.AreAveraged || !IsRawDue()) return result;

        weights.UseRaw();
        var raw = Classify(images, block.Labels);
        weights.UseAverage();
        result.Raw = new RawFigures { Top1Correct = raw.Top1Correct, Top5Correct = raw.Top5Correct, LossSum = raw.LossSum };
        return result;
    }

    private bool IsRawDue() => plan.Spec.Schedule.EvaluateRaw switch
    {
        EvaluateRaw.Always => true,
        EvaluateRaw.End => replica.Arenas.Step == plan.TotalSteps,
        _ => false,
    };

    private (int Top1Correct, int Top5Correct, double LossSum) Classify(Tensor images, long[] labels)
    {
        using var autocast = replica.Job.Precision == Precision.Bf16 ? TorchRuntime.AutocastCpuBf16() : null;
        var logits = replica.Model.call(images).Logits.to(float32).cpu().contiguous().data<float>().ToArray();
        var classes = replica.Job.Model.Classes;
        var scores = new double[classes];
        var (top1, top5, loss) = (0, 0, 0.0);
        for (var image = 0; image < images.shape[0]; image++)
        {
            for (var i = 0; i < classes; i++) scores[i] = logits[image * classes + i];
            var label = (int)labels[image];
            var rank = ImageScores.RankOf(label, scores);
            top1 += rank == 0 ? 1 : 0;
            top5 += rank < EvaluationFigures.TopK ? 1 : 0;
            loss += ImageScores.CrossEntropy(label, scores);
        }

        return (top1, top5, loss);
    }
}
