using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Makes the views of an image that a network is evaluated on: one, as the job's evaluations see the image, or many crops. One thread at
/// a time.
/// </summary>
internal sealed class ViewBuilder
{
    private readonly ResizeKind _resize;
    private readonly int _inputSize;
    private readonly Augmentation _augmentation;
    private readonly ImageDecoder _decoder;
    private readonly InputScaler _scaler;
    private readonly float _black;

    /// <param name="inputSize">Height and width of the network's input in pixels.</param>
    /// <param name="viewsPerImage">1, or one of <see cref="Crops"/>.</param>
    public ViewBuilder(int inputSize, DataSpec data, int viewsPerImage)
    {
        _resize = data.Resize;
        _inputSize = inputSize;
        _augmentation = new Augmentation(data.Augment, seed: 0);
        // Crops of several sizes come from one decoding, at the image's own size.
        _decoder = new ImageDecoder(data, scaleDown: viewsPerImage == 1 && InputScaler.Smooths(data.Resize, isFile: true));
        _scaler = new InputScaler(inputSize, data, seed: 0);
        _black = new Normalizer(data.Normalize).Shift;
        ViewsPerImage = viewsPerImage;
        ViewElements = inputSize * inputSize * 3;
    }

    public int ViewsPerImage { get; }

    /// <summary>Floats of one view: height · width · 3.</summary>
    public int ViewElements { get; }

    /// <summary>Writes consecutive views of an image, as many as fit: normalised RGB (view, height, width, channel).</summary>
    /// <param name="first">The first view's number.</param>
    /// <returns>Null, or what is wrong with the image; the views are black then.</returns>
    public string? Fill(StoredImage image, int first, Span<float> views)
    {
        if (TryFill(image, first, views) is not { } problem) return null;
        views.Fill(_black);
        return problem;
    }

    private string? TryFill(StoredImage stored, int first, Span<float> views)
    {
        if (_decoder.Measure(stored, out var header) is { } noImage) return noImage;
        var (height, width) = ImageDecoder.SizeOf(header);
        IReadOnlyList<CropWindow> windows = ViewsPerImage == 1 ? [_augmentation.ForEvaluation(height, width)] : Crops.Of(ViewsPerImage, height, width);
        var wanted = ViewsPerImage == 1 ? windows[0] : CropWindow.Whole(height, width);
        if (_decoder.Decode(stored, header, wanted, _inputSize, out var image) is { } damaged) return damaged;
        for (var i = 0; i < views.Length / ViewElements; i++)
            _scaler.Scale(image, stored.IsFile, windows[first + i], null, views.Slice(i * ViewElements, ViewElements));
        return null;
    }
}
