using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>From a decoded image to the network's input, by the job's filter: scaled, changed in colour, normalised. One thread at a time.</summary>
internal sealed class InputScaler
{
    private const int Channels = 3;

    private readonly ResizeKind _resize;
    private readonly ImageResizer _interpolation;
    private readonly ImageResizer _toIntensities;
    private readonly FilteredResizer _filter;
    private readonly Normalizer _normalizer;
    private readonly RandAugment _randAugment;
    private readonly ColourJitter _jitter;
    private readonly byte[] _scaled;

    /// <param name="size">Height and width of the network's input.</param>
    public InputScaler(int size, DataSpec data, long seed)
    {
        var (resize, normalize) = (data.Resize, data.Normalize);
        _randAugment = new RandAugment(data.Augment.RandAugment, size, seed);
        _jitter = new ColourJitter(data.Augment, seed);
        _toIntensities = new ImageResizer(size, new NormalizeSpec { Mean = 0, Deviation = 1.0 / 255 });
        _resize = resize;
        _interpolation = new ImageResizer(size, normalize);
        _filter = new FilteredResizer(size, resize == ResizeKind.Bicubic ? FilterKind.Bicubic : FilterKind.Bilinear);
        _normalizer = new Normalizer(normalize);
        _scaled = new byte[size * size * Channels];
    }

    /// <summary>Whether images as these are smoothed where they shrink.</summary>
    public static bool Smooths(ResizeKind resize, bool isFile) => resize == ResizeKind.Auto ? isFile : resize != ResizeKind.NearestFour;

    /// <param name="isFile">The image was decoded from a file.</param>
    /// <param name="window">In pixels of the whole image.</param>
    /// <param name="trained">Change the pixels as this sample's are; null: leave them.</param>
    /// <param name="output">size · size · 3 floats: row, column, channel.</param>
    public void Scale(DecodedImage image, bool isFile, CropWindow window, SampleReference? trained, Span<float> output, StageClock? clock = null)
    {
        var inView = window with { Top = window.Top - image.Top, Left = window.Left - image.Left };
        var changes = trained is not null && (_randAugment.IsOn || _jitter.IsOn);
        if (Smooths(_resize, isFile))
        {
            _filter.Resize(image, window, _scaled);
        }
        else if (changes)
        {
            _toIntensities.Resize(image.View, inView, output);
            for (var i = 0; i < _scaled.Length; i++) _scaled[i] = (byte)(output[i] + 0.5f);
        }
        else
        {
            _interpolation.Resize(image.View, inView, output);
            clock?.End(Stage.Scale);
            return;
        }

        clock?.End(Stage.Scale);
        if (changes)
        {
            if (_randAugment.IsOn) _randAugment.Apply(trained!.Value, _scaled);
            if (_jitter.IsOn) _jitter.Apply(trained!.Value, _scaled);
            clock?.End(Stage.Colour);
        }

        _normalizer.Apply(_scaled, output);
        clock?.End(Stage.Copy);
    }
}
