using System.IO.Compression;

namespace Grpc.Net.Compression;

/// <summary>One compression of messages, by its name in <c>grpc-encoding</c>. Neither stream closes the one below it.</summary>
public interface ICompressionProvider
{
    string EncodingName { get; }

    /// <param name="stream">Takes the compressed bytes.</param>
    /// <param name="compressionLevel">Null: the provider's own.</param>
    Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel);

    Stream CreateDecompressionStream(Stream stream);
}
