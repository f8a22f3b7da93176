using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>Turns samples into the network's input. One thread at a time; allocates nothing a sample once its buffers have grown.</summary>
public sealed class BatchBuilder
{
    private readonly IDataset _dataset;
    private readonly Augmentation _augmentation;
    private readonly ImageResizer _resizer;
    private readonly ImageDecoder _decoder;

    /// <param name="inputSize">Height and width of the network's input in pixels.</param>
    public BatchBuilder(IDataset dataset, int inputSize, AugmentSpec augment, NormalizeSpec normalize, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        _dataset = dataset;
        _decoder = new ImageDecoder(dataset);
        _augmentation = new Augmentation(augment, seed);
        _resizer = new ImageResizer(inputSize, normalize);
        ImageElements = inputSize * inputSize * 3;
    }

    /// <summary>Floats of one image: height · width · 3.</summary>
    public int ImageElements { get; }

    /// <summary>Images go out as normalised RGB (sample, height, width, channel), the memory of a channels-last tensor.</summary>
    /// <param name="training">Augment; otherwise the image as it is evaluated, and the epoch does not matter.</param>
    /// <param name="images">samples.Length · <see cref="ImageElements"/> floats.</param>
    /// <param name="labels">samples.Length labels.</param>
    /// <exception cref="UserErrorException">A sample's file can't be read or decoded.</exception>
    public void Fill(ReadOnlySpan<SampleReference> samples, bool training, Span<float> images, Span<long> labels)
    {
        if (images.Length != samples.Length * ImageElements || labels.Length != samples.Length)
        {
            throw new ArgumentException(
                $"{images.Length} floats and {labels.Length} labels for {samples.Length} samples of {ImageElements} floats.", nameof(images));
        }

        for (var i = 0; i < samples.Length; i++)
        {
            var sample = samples[i];
            labels[i] = _dataset.Label(sample.Sample);
            var image = _decoder.Decode(sample.Sample);
            var window = training
                ? _augmentation.ForTraining(sample, image.Height, image.Width)
                : _augmentation.ForEvaluation(image.Height, image.Width);
            _resizer.Resize(image, window, images.Slice(i * ImageElements, ImageElements));
        }
    }
}
