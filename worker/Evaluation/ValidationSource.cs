using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Evaluation;

/// <summary>One block of the validation set, ready for the network. The arrays are reused by the next block.</summary>
internal readonly record struct ValidationBlock(int Index, int Count, float[] Images, long[] Labels);

/// <summary>Prepares blocks of the validation set, each image as it is evaluated: not augmented, none repeated, none left out.</summary>
internal sealed class ValidationSource
{
    private readonly EvaluationBlocks _blocks;
    private readonly BatchBuilder? _builder;
    private readonly int _blockSize;

    /// <param name="dataset">Null: there is nothing to evaluate.</param>
    public ValidationSource(JobSpec job, IDataset? dataset, ILogger log)
    {
        _blockSize = job.Data.EvaluationBlock;
        _blocks = new EvaluationBlocks(dataset?.Count ?? 0, _blockSize);
        _builder = dataset is null ? null : DatasetPair.Builder(job, dataset, new CorruptSamples(dataset, log));
    }

    public IEnumerable<ValidationBlock> BlocksOf(int rank, int worldSize)
    {
        if (_builder is null) yield break;
        var images = new float[_blockSize * _builder.ImageElements];
        var labels = new long[_blockSize];
        var (first, count) = _blocks.Of(rank, worldSize);
        for (var index = first; index < first + count; index++)
        {
            var (firstImage, imageCount) = _blocks[index];
            var samples = new SampleReference[imageCount];
            for (var image = 0; image < imageCount; image++) samples[image] = new SampleReference(0, firstImage + image);
            _builder.Fill(samples, training: false, images.AsSpan(0, imageCount * _builder.ImageElements), labels.AsSpan(0, imageCount));
            yield return new ValidationBlock(index, imageCount, images, labels);
        }
    }
}
