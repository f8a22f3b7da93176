using Inception.Distributed.Jobs;
using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>Makes packed images of samples: JPEG files of a limited size. One thread.</summary>
internal sealed class SamplePacker(IDataset dataset, DataSpec data, PackOptions options)
{
    private readonly ByteBuffer _stored = new();
    private readonly ByteBuffer _file = new();

    // At least twice the target's pixels are decoded, so that the bicubic filter has the say.
    private readonly PictureScaler _scaler = new(data, reserve: 2);

    public PackedSample Pack(long sample)
    {
        var stored = dataset.Read(sample, _stored);
        var length = stored.Bytes.Length;
        if (_scaler.Measure(stored, out var header) is { } noImage) return new PackedSample(sample, [], length, IsCopy: false, noImage);
        var (height, width) = SizeOf(header);
        if (_scaler.Scale(stored, header, height, width, out var pixels) is { } damaged) return new PackedSample(sample, [], length, IsCopy: false, damaged);
        if (stored.IsFile && header is { Format: ImageFormat.Jpeg, Orientation: 1 } && Math.Min(header.Height, header.Width) <= options.Size)
            return new PackedSample(sample, stored.Bytes.ToArray(), length, IsCopy: true, Problem: null);

        var file = _file.Reserve(ImageFile.JpegCapacity(height, width));
        var written = ImageFile.EncodeJpeg(pixels, height, width, options.Quality, file);
        return new PackedSample(sample, file[..written].ToArray(), length, IsCopy: false, Problem: null);
    }

    /// <summary>The shorter side limited, the aspect kept as well as whole pixels do.</summary>
    private (int Height, int Width) SizeOf(ImageHeader header)
    {
        var (height, width) = ImageDecoder.SizeOf(header);
        var shorter = Math.Min(height, width);
        if (shorter <= options.Size) return (height, width);
        return (Scaled(height), Scaled(width));

        int Scaled(int side) => (int)Math.Round((double)side * options.Size / shorter);
    }
}

/// <param name="File">Empty where there is a problem.</param>
/// <param name="StoredBytes">Of the sample in the dataset.</param>
internal readonly record struct PackedSample(long Sample, byte[] File, int StoredBytes, bool IsCopy, string? Problem);
