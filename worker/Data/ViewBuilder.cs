using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Makes the views of an image that a network is evaluated on: one, as the job's evaluations see the image, or many crops. One thread at
/// a time.
/// </summary>
public sealed class ViewBuilder
{
    private readonly Augmentation _augmentation;
    private readonly ImageResizer _resizer;

    /// <param name="inputSize">Height and width of the network's input in pixels.</param>
    /// <param name="viewsPerImage">1, or one of <see cref="Crops"/>.</param>
    public ViewBuilder(int inputSize, AugmentSpec augment, NormalizeSpec normalize, int viewsPerImage)
    {
        _augmentation = new Augmentation(augment, seed: 0);
        _resizer = new ImageResizer(inputSize, normalize);
        InputSize = inputSize;
        ViewsPerImage = viewsPerImage;
        ViewElements = inputSize * inputSize * 3;
    }

    public int InputSize { get; }

    public int ViewsPerImage { get; }

    /// <summary>Floats of one view: height · width · 3.</summary>
    public int ViewElements { get; }

    /// <summary>Writes consecutive views of an image, as many as fit: normalised RGB (view, height, width, channel).</summary>
    /// <param name="first">The first view's number.</param>
    public void Fill(ImageView image, int first, Span<float> views)
    {
        var windows = ViewsPerImage == 1 ? [_augmentation.ForEvaluation(image.Height, image.Width)] : Crops.Of(ViewsPerImage, image.Height, image.Width);
        for (var i = 0; i < views.Length / ViewElements; i++)
            _resizer.Resize(image, windows[first + i], views.Slice(i * ViewElements, ViewElements));
    }
}
