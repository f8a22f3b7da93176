using Inception.Distributed.Torch;

namespace Inception.Distributed.Worker.Data;

/// <summary>Samples' pixels, whatever their source keeps. One thread at a time.</summary>
internal sealed class ImageDecoder(IDataset dataset)
{
    private const int Channels = 3;

    private readonly ByteBuffer _stored = new();
    private readonly ByteBuffer _pixels = new();

    /// <summary>The sample's image, valid until the next call.</summary>
    /// <exception cref="UserErrorException">The sample can't be read or decoded.</exception>
    public ImageView Decode(long sample)
    {
        var image = dataset.Read(sample, _stored);
        return image.IsFile
            ? DecodeFile(image.Bytes, sample)
            : new ImageView(image.Bytes, image.Height, image.Width, image.Channels);
    }

    private ImageView DecodeFile(ReadOnlySpan<byte> file, long sample)
    {
        try
        {
            var (height, width) = Jpeg.Size(file);
            var pixels = _pixels.Reserve(height * width * Channels);
            Jpeg.Decode(file, pixels);
            return new ImageView(pixels, height, width, Channels);
        }
        catch (NativeException exception)
        {
            throw new UserErrorException(dataset.Name(sample), $"Can't read the image: {exception.Message}");
        }
    }
}
