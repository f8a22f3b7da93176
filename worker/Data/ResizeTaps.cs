namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Which two source places each output place lies between, and how far: bilinear interpolation with half-pixel centres, where output
/// x lies at (x + ½)·source/output − ½ and the border pixels are continued outwards. Kept from image to image while the geometry stays.
/// </summary>
internal sealed class ResizeTaps(int outputLength)
{
    private int _sourceLength;
    private int _stride;
    private bool _mirrored;

    /// <summary>Offsets of the nearer to the start and the other source element, and the other's weight in [0, 1].</summary>
    public int[] First { get; } = new int[outputLength];

    public int[] Second { get; } = new int[outputLength];

    public float[] Weight { get; } = new float[outputLength];

    /// <param name="stride">Elements from one source place to the next.</param>
    public void Prepare(int sourceLength, int stride, bool mirrored)
    {
        if ((_sourceLength, _stride, _mirrored) == (sourceLength, stride, mirrored))
        {
            return;
        }

        (_sourceLength, _stride, _mirrored) = (sourceLength, stride, mirrored);
        for (var output = 0; output < outputLength; output++)
        {
            var place = Math.Max(0, (output + 0.5) * sourceLength / outputLength - 0.5);
            var first = (int)place;
            var slot = mirrored ? outputLength - 1 - output : output;
            First[slot] = first * stride;
            Second[slot] = Math.Min(first + 1, sourceLength - 1) * stride;
            Weight[slot] = (float)(place - first);
        }
    }
}
