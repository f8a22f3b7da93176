using Google.Protobuf.Collections;
using Inception.Distributed.Evaluation;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Data;
using Microsoft.Extensions.Logging;
using TorchSharp;

namespace Inception.Distributed.Worker.Evaluation;

/// <summary>
/// Evaluates blocks of a set of images with one network or several. The probabilities of all crops and networks are averaged, as the
/// papers do ("Going deeper with convolutions", section 7); one crop of one network is judged by its logits, to the bit as during the run.
/// A block is computed whole and alone, so it does not matter who computes it. One thread at a time.
/// </summary>
internal sealed class CheckpointEvaluator : IDisposable
{
    private readonly IReadOnlyList<InferenceModel> _models;
    private readonly ViewBuilder[] _views;
    private readonly IDataset _data;
    private readonly long[] _images;
    private readonly EvaluationBlocks _blocks;
    private readonly int _passViews;
    private readonly ByteBuffer _stored = new();
    private readonly CorruptSamples _corrupt;

    private CheckpointEvaluator(JobSpec job, EvaluationJob evaluation, IReadOnlyList<InferenceModel> models, IDataset data, long[] images, ILogger log)
    {
        (_models, _data, _images) = (models, data, images);
        _corrupt = new CorruptSamples(data, log);
        _views = [.. models.Select(model =>
            new ViewBuilder(model.Job.Model.InputSize, model.Job.Data, evaluation.Crops))];
        _passViews = job.Data.EvaluationBlock;
        _blocks = new EvaluationBlocks(images.Length, EvaluationPlan.BlockImages(job, evaluation.Crops));
    }

    public IDataset Data => _data;

    public IReadOnlyList<InferenceModel> Models => _models;

    /// <summary>Images that count.</summary>
    public long Images => _images.Length;

    public int BlockCount => _blocks.Count;

    private int Classes => _models[0].Job.Model.Classes;

    private bool IsSingleView => _models.Count == 1 && _views[0].ViewsPerImage == 1;

    /// <param name="job">Its data.validation is evaluated, its data.evaluationBlock is the number of views in a forward pass.</param>
    /// <exception cref="UserErrorException">A checkpoint or the images can't be used, or don't belong together.</exception>
    public static CheckpointEvaluator Open(JobSpec job, EvaluationJob evaluation, torch.Device device, ILogger log)
    {
        var models = new List<InferenceModel>();
        try
        {
            foreach (var checkpoint in evaluation.Checkpoints) models.Add(Load(checkpoint, evaluation.Weights, device));
            var data = Datasets.OpenValidation(job, log.Data) ?? throw new UserErrorException("data.validation", "there is nothing to evaluate");
            return new CheckpointEvaluator(job, evaluation, models, data, Remaining(data.Count, evaluation.LeftOut), log);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }

    /// <returns>Null when <paramref name="stop"/> was asked for in between.</returns>
    public EvaluationBlock? Evaluate(int index, Func<bool> stop)
    {
        var (first, count) = _blocks[index];
        var images = _images.AsSpan((int)first, count);
        var scores = new double[count * Classes];
        var corrupt = new SortedSet<long>();
        for (var model = 0; model < _models.Count; model++)
        {
            if (!AddScores(model, images, scores, corrupt, stop)) return null;
        }

        var result = new EvaluationBlock { Index = index, Images = count, Outcomes = new ImageOutcomes { Corrupt = { corrupt } } };
        for (var i = 0; i < count; i++) Add(result, Judge(images[i], scores.AsSpan(i * Classes, Classes)));
        return result;
    }

    public void Dispose()
    {
        foreach (var model in _models) model.Dispose();
    }

    private static InferenceModel Load(CheckpointReference reference, string weights, torch.Device device)
    {
        var model = InferenceModel.Load(reference.Directory, weights, device);
        var hash = model.Checkpoint.ManifestSha256;
        if (hash == reference.ManifestSha256) return model;
        model.Dispose();
        throw new UserErrorException(reference.Directory,
            $"is another checkpoint here: its manifest has the SHA-256 {hash} instead of {reference.ManifestSha256}");
    }

    private static long[] Remaining(long count, RepeatedField<long> leftOut)
    {
        if (leftOut.Count > 0 && leftOut.Max() >= count)
            throw new UserErrorException("--blacklist", $"it names image {leftOut.Max() + 1}, but the set has {count} images");
        var left = leftOut.ToHashSet();
        var images = new long[count - left.Count];
        var next = 0;
        for (var image = 0L; image < count; image++)
        {
            if (!left.Contains(image)) images[next++] = image;
        }

        return images.Length > 0 ? images : throw new UserErrorException("--blacklist", $"it names all {count} images; none is left to evaluate");
    }

    private bool AddScores(int model, ReadOnlySpan<long> images, double[] scores, SortedSet<long> corrupt, Func<bool> stop)
    {
        var views = _views[model];
        var total = images.Length * views.ViewsPerImage;
        var pass = new float[Math.Min(_passViews, total) * views.ViewElements];
        for (var first = 0; first < total; first += _passViews)
        {
            if (stop()) return false;
            var count = Math.Min(_passViews, total - first);
            Fill(views, images, first, pass.AsSpan(0, count * views.ViewElements), corrupt);
            var logits = _models[model].Predict(pass.AsSpan(0, count * views.ViewElements));
            AddScores(views.ViewsPerImage, first, logits, scores);
        }

        return true;
    }

    /// <summary>Views are laid image by image, whatever the borders between passes. A corrupt image is black, as during the run.</summary>
    private void Fill(ViewBuilder views, ReadOnlySpan<long> images, int first, Span<float> pass, SortedSet<long> corrupt)
    {
        while (pass.Length > 0)
        {
            var (image, view) = Math.DivRem(first, views.ViewsPerImage);
            var count = Math.Min(views.ViewsPerImage - view, pass.Length / views.ViewElements);
            if (views.Fill(_data.Read(images[image], _stored), view, pass[..(count * views.ViewElements)]) is { } problem)
            {
                corrupt.Add(images[image]);
                _corrupt.Report(images[image], problem, "a black image takes its place");
            }

            pass = pass[(count * views.ViewElements)..];
            first += count;
        }
    }

    private void AddScores(int viewsPerImage, int first, float[] logits, double[] scores)
    {
        var values = new double[Classes];
        for (var view = 0; view < logits.Length / Classes; view++)
        {
            for (var i = 0; i < Classes; i++) values[i] = logits[view * Classes + i];
            var target = scores.AsSpan((first + view) / viewsPerImage * Classes, Classes);
            if (IsSingleView) values.CopyTo(target);
            else ImageScores.AddSoftmax(values, target);
        }
    }

    private ImageOutcome Judge(long image, ReadOnlySpan<double> scores)
    {
        var label = _data.Label(image);
        var loss = IsSingleView
            ? ImageScores.CrossEntropy(label, scores)
            : -Math.Log(scores[label] / (_models.Count * _views[0].ViewsPerImage));
        return new ImageOutcome(image, label, ImageScores.Highest(scores), ImageScores.RankOf(label, scores), loss);
    }

    private static void Add(EvaluationBlock block, ImageOutcome outcome)
    {
        block.Top1Correct += outcome.Rank == 0 ? 1 : 0;
        block.Top5Correct += outcome.Rank < EvaluationFigures.TopK ? 1 : 0;
        block.LossSum += outcome.Loss;
        block.Outcomes.Images.Add(outcome.Image);
        block.Outcomes.Labels.Add(outcome.Label);
        block.Outcomes.Predictions.Add(outcome.Predicted);
        block.Outcomes.Ranks.Add(outcome.Rank);
        block.Outcomes.Losses.Add(outcome.Loss);
    }
}
