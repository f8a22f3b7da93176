using Inception.Distributed.Checkpoints.PyTorch;
using Inception.Distributed.Text;

namespace Inception.Distributed.Checkpoints;

/// <summary>Opens files of weights by what is in them: safetensors, or a state dict of <c>torch.save</c>.</summary>
public static class WeightsFile
{
    /// <exception cref="UserErrorException">There is no such file, or none that can be read; nothing in it is ever executed.</exception>
    public static IWeightsFile Open(string path)
    {
        if (Directory.Exists(path)) throw new UserErrorException(path, "is a directory, not a file of weights");
        if (!File.Exists(path)) throw new UserErrorException(path, $"no such file{Nearby(path)}");
        try
        {
            return IsPyTorchs(path) ? TorchFile.Open(path) : SafetensorsFile.Open(path);
        }
        catch (TorchFileException exception)
        {
            throw new UserErrorException(path, exception.Problem);
        }
        catch (SafetensorsException exception)
        {
            throw new UserErrorException(path, $"is neither a .safetensors file nor a .pth of torch.save. {exception.Problem}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(path, $"can't be read: {exception.Message}");
        }
    }

    // A zip archive, a pickle, or a name that promises one: its reader explains best what is wrong.
    private static bool IsPyTorchs(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start[..length] is [(byte)'P', (byte)'K'] or [0x80, 2] || Path.GetExtension(path) is ".pth" or ".pt";
    }

    private static string Nearby(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(directory)
            ? NearestName.Hint(Path.GetFileName(path), Directory.GetFiles(directory).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal))
            : $"; there is no directory {directory} either";
    }
}
