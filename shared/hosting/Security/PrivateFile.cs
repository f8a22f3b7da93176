namespace Inception.Distributed.Hosting;

/// <summary>Files that hold a secret.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Readable by the owner alone from its first byte on; replaced in one piece.</summary>
    public static void Write(string path, string text) => Write(path, text, OwnerOnly);

    /// <summary>Readable by all; replaced in one piece.</summary>
    public static void WritePublic(string path, string text) => Write(path, text, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

    /// <exception cref="UserErrorException">It can't be read, or everybody can.</exception>
    /// <param name="where">The option, for messages.</param>
    public static string Read(string path, string where)
    {
        try
        {
            if ((File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
                throw new UserErrorException(where, $"{path} is a secret that every user of this host can read or change; chmod 600 it (in Kubernetes: defaultMode 0440)");
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(where, $"{path} can't be read: {error.Message}");
        }
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var aside = path + ".new";
        File.Delete(aside); // Left behind with another mode.
        using (var file = new FileStream(aside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        using (var writer = new StreamWriter(file)) writer.Write(text);
        File.Move(aside, path, overwrite: true);
    }
}
