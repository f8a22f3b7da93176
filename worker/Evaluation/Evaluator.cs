using System.Diagnostics;
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
/// Evaluates this rank's blocks of the validation set, with the running average of the weights where the job keeps one. Blocks are
/// cut by position and computed whole, so the figures do not depend on the number of workers. Training thread only.
/// </summary>
internal sealed class Evaluator(Replica replica, ValidationSource source)
{
    private const int TopK = 5;

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
            report.Blocks.Add(Evaluate(block));
        }

        report.Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return report;
    }

    private EvaluationBlock Evaluate(ValidationBlock block)
    {
        using var scope = NewDisposeScope();
        var size = replica.Job.Model.InputSize;
        var images = tensor(block.Images.AsSpan(0, block.Count * size * size * 3).ToArray(), [block.Count, size, size, 3], float32).permute(0, 3, 1, 2).to(replica.Device);
        using var autocast = replica.Job.Precision == Precision.Bf16 ? TorchRuntime.AutocastCpuBf16() : null;
        var logits = replica.Model.call(images).Logits.to(float32).cpu().contiguous().data<float>().ToArray();
        var result = new EvaluationBlock { Index = block.Index, Images = block.Count };
        var classes = replica.Job.Model.Classes;
        for (var image = 0; image < block.Count; image++)
        {
            var scores = logits.AsSpan(image * classes, classes);
            var label = (int)block.Labels[image];
            var rank = RankOf(label, scores);
            result.Top1Correct += rank == 0 ? 1 : 0;
            result.Top5Correct += rank < TopK ? 1 : 0;
            result.LossSum += CrossEntropy(label, scores);
        }

        return result;
    }

    /// <summary>How many classes score above the label; of equal scores the lower class counts as higher, so a tie is no gift. NaN ranks last.</summary>
    private static int RankOf(int label, ReadOnlySpan<float> scores)
    {
        if (float.IsNaN(scores[label])) return scores.Length;
        var rank = 0;
        for (var other = 0; other < scores.Length; other++)
        {
            if (scores[other] > scores[label] || (scores[other] == scores[label] && other < label)) rank++;
        }

        return rank;
    }

    private static double CrossEntropy(int label, ReadOnlySpan<float> scores)
    {
        var highest = double.NegativeInfinity;
        foreach (var score in scores) highest = Math.Max(highest, score);
        var sum = 0.0;
        foreach (var score in scores) sum += Math.Exp(score - highest);
        return highest + Math.Log(sum) - scores[label];
    }
}
