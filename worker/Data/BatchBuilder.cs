using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Turns samples into the network's input. What becomes of a sample depends on seed, epoch, sample and the dataset's bytes alone. One
/// thread at a time; allocates nothing a sample once its buffers have grown.
/// </summary>
public sealed class BatchBuilder
{
    // With one file in two broken, a billion samples in a row meet a longer run of them once in a million times.
    private const int Replacements = 50;

    private readonly IDataset _dataset;
    private readonly SampleSources _sources;
    private readonly long _seed;
    private readonly int _inputSize;
    private readonly Augmentation _augmentation;
    private readonly ImageDecoder _decoder;
    private readonly InputScaler _scaler;
    private readonly RandomErasing _erasing;
    private readonly CorruptSamples _corrupt;
    private readonly StageClock? _clock;
    private readonly float _black;
    private readonly ByteBuffer _stored = new();

    /// <param name="inputSize">Height and width of the network's input in pixels.</param>
    /// <param name="corrupt">Told of each sample that can't be decoded.</param>
    /// <param name="clock">Follows what the time goes to; null: nobody wants to know.</param>
    public BatchBuilder(IDataset dataset, int inputSize, DataSpec data, long seed, CorruptSamples corrupt, StageClock? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        _dataset = dataset;
        _sources = dataset.Sources;
        _seed = seed;
        _inputSize = inputSize;
        _corrupt = corrupt;
        _clock = clock;
        _augmentation = new Augmentation(data.Augment, seed);
        _decoder = new ImageDecoder(data, scaleDown: InputScaler.Smooths(data.Resize, isFile: true));
        _scaler = new InputScaler(inputSize, data, seed);
        _erasing = new RandomErasing(data.Augment.Erase, seed);
        _black = new Normalizer(data.Normalize).Shift;
        ImageElements = inputSize * inputSize * 3;
    }

    /// <summary>Floats of one image: height · width · 3.</summary>
    public int ImageElements { get; }

    /// <summary>
    /// Images go out as normalised RGB (sample, height, width, channel), the memory of a channels-last tensor. In training another sample,
    /// drawn by a key of the corrupt one, takes a corrupt one's place; in evaluation a black image does, which keeps the label.
    /// </summary>
    /// <param name="training">Augment; otherwise the image as it is evaluated, and the epoch does not matter.</param>
    /// <param name="images">samples.Length · <see cref="ImageElements"/> floats.</param>
    /// <param name="labels">samples.Length labels.</param>
    /// <returns>How many of the samples are corrupt.</returns>
    /// <exception cref="UserErrorException">A sample can't be read, or nothing but corrupt ones can be found in a corrupt one's place.</exception>
    public int Fill(ReadOnlySpan<SampleReference> samples, bool training, Span<float> images, Span<long> labels)
    {
        if (images.Length != samples.Length * ImageElements || labels.Length != samples.Length)
        {
            throw new ArgumentException(
                $"{images.Length} floats and {labels.Length} labels for {samples.Length} samples of {ImageElements} floats.", nameof(images));
        }

        var corrupt = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var image = images.Slice(i * ImageElements, ImageElements);
            var sample = samples[i];
            if (FillOne(sample, training, image) is { } problem)
            {
                corrupt++;
                sample = Replace(sample, training, problem, image);
            }

            labels[i] = _dataset.Label(sample.Sample);
        }

        return corrupt;
    }

    /// <returns>Null, or what is wrong with the sample.</returns>
    private string? FillOne(SampleReference sample, bool training, Span<float> output)
    {
        _clock?.Begin();
        var stored = _dataset.Read(sample.Sample, _stored);
        _clock?.EndRead(stored.Bytes.Length);
        if (_decoder.Measure(stored, out var header) is { } noImage) return noImage;
        var (height, width) = ImageDecoder.SizeOf(header);
        var window = training ? _augmentation.ForTraining(sample, height, width) : _augmentation.ForEvaluation(height, width);
        if (_decoder.Decode(stored, header, window, _inputSize, out var image) is { } damaged) return damaged;
        _clock?.End(Stage.Decode);
        _scaler.Scale(image, stored.IsFile, window, training ? sample : null, output, _clock);
        if (training) _erasing.Apply(sample, _inputSize, output);
        _clock?.Finish();
        return null;
    }

    private SampleReference Replace(SampleReference sample, bool training, string problem, Span<float> output)
    {
        if (!training)
        {
            output.Fill(_black);
            _corrupt.Report(sample.Sample, problem, "a black image takes its place");
            return sample;
        }

        // Of the same source, so that weights stay what they are.
        var source = _sources.Locate(sample.Sample).Source;
        var (first, count) = (_sources.First(source), _sources.Shares[source].Samples);
        var random = KeyedRandom.From(Purpose.Replacement, _seed, sample.Epoch, sample.Sample);
        for (var attempt = 0; attempt < Replacements; attempt++)
        {
            var other = sample with { Sample = first + (long)(random.NextDouble() * count) };
            if (FillOne(other, training, output) is not null) continue;
            _corrupt.Report(sample.Sample, problem, "other samples take its place");
            return other;
        }

        throw new UserErrorException(
            _dataset.Name(sample.Sample), $"It is corrupt ({problem}), and so are the {Replacements} samples drawn in its place.");
    }
}
