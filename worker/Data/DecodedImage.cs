namespace Inception.Distributed.Worker.Data;

/// <summary>The part of an image that was decoded, perhaps at a half, a quarter or an eighth of the image's size.</summary>
/// <param name="pixels">The part's pixels, and perhaps <see cref="Slack"/> bytes more.</param>
/// <param name="top">Where the part lies in the image, in pixels of the decoded size.</param>
/// <param name="denominator">1, 2, 4 or 8: the decoded size is that part of the image's.</param>
internal readonly ref struct DecodedImage(ReadOnlySpan<byte> pixels, int top, int left, int height, int width, int channels, int denominator)
{
    /// <summary>Loops over vectors may read this many bytes behind the last pixel.</summary>
    public const int Slack = 64;

    public ReadOnlySpan<byte> Pixels { get; } = pixels;
    public int Top { get; } = top;
    public int Left { get; } = left;
    public int Denominator { get; } = denominator;
    public bool HasSlack => Pixels.Length >= View.Pixels.Length + Slack;

    /// <summary>The part alone.</summary>
    public ImageView View => new(Pixels[..(height * width * channels)], height, width, channels);
}
