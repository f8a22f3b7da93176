using Inception.Distributed.Cli.Pictures;

namespace Inception.Distributed.Cli.DataTools;

/// <summary>Where a picture goes: a PNG file.</summary>
internal sealed class PictureFile
{
    private readonly string _option;
    private readonly string _path;

    /// <exception cref="UserErrorException">It can't be written there, or not as that.</exception>
    public PictureFile(string option, string path)
    {
        (_option, _path) = (option, path);
        if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase)) throw new UserErrorException(option, $"'{path}' must end in .png");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory && !Directory.Exists(directory))
            throw new UserErrorException(option, $"there is no directory '{directory}'");
    }

    /// <exception cref="UserErrorException">It can't be written.</exception>
    public void Write(RasterCanvas picture)
    {
        try
        {
            File.WriteAllBytes(_path, picture.ToPng());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(_option, $"'{_path}' can't be written: {error.Message}");
        }
    }
}
