using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>What a sample's first bytes say of it.</summary>
/// <param name="Bytes">Of the stored sample.</param>
/// <param name="Format">Null: the source keeps pixels.</param>
/// <param name="Height">As stored, in pixels.</param>
/// <param name="Problem">Null, or why the sample is no image or can't be read; then the rest but <paramref name="Bytes"/> is empty.</param>
public readonly record struct SampleHeader(
    long Bytes, ImageFormat? Format, int Height, int Width, int Orientation, ImageTraits Traits, string? Problem);

/// <summary>Reads what stands before the pixels of every sample of a dataset, and no more where the source allows it.</summary>
public static class HeaderScan
{
    // Holds the header of nearly every photograph; a larger one, with a preview in it, is read whole.
    private const int Start = 16 * 1024;

    /// <returns>By sample.</returns>
    public static SampleHeader[] Read(IDataset dataset, int threads, ScanProgress progress, CancellationToken cancellationToken)
    {
        var headers = new SampleHeader[dataset.Count];
        var buffers = Enumerable.Range(0, threads).Select(_ => new ByteBuffer()).ToList();
        SampleScan.Run(buffers, 0, dataset.Count, (buffer, sample) => headers[sample] = ReadOne(dataset, sample, buffer), progress, cancellationToken);
        return headers;
    }

    private static SampleHeader ReadOne(IDataset dataset, long sample, ByteBuffer buffer)
    {
        try
        {
            var stored = dataset.ReadStart(sample, Start, buffer, out var length);
            if (!stored.IsFile) return OfPixels(stored);
            var header = Of(stored.Bytes, length);
            return header.Problem is not null && stored.Bytes.Length < length ? Of(dataset.Read(sample, buffer).Bytes, length) : header;
        }
        catch (UserErrorException unreadable)
        {
            return new SampleHeader { Problem = unreadable.Problems[0].Message };
        }
    }

    private static SampleHeader OfPixels(StoredImage pixels)
    {
        var colour = pixels.Channels == 1 ? ImageColour.Grey : ImageColour.Rgb;
        return new SampleHeader(pixels.Bytes.Length, null, pixels.Height, pixels.Width, 1, new ImageTraits(colour, 8, 0, 0), null);
    }

    private static SampleHeader Of(ReadOnlySpan<byte> file, long length)
    {
        if ((ImageFile.ReadHeader(file, out var header) ?? ImageFile.ReadTraits(file, out _)) is { } problem)
            return new SampleHeader { Bytes = length, Problem = problem };
        ImageFile.ReadTraits(file, out var traits);
        return new SampleHeader(length, header.Format, header.Height, header.Width, header.Orientation, traits, null);
    }
}
