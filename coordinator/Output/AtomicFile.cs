namespace Inception.Distributed.Coordinator.Output;

internal static class AtomicFile
{
    /// <summary>Written aside, flushed to the disk and renamed: a reader sees the old content or the new one.</summary>
    public static void Write(string path, string content)
    {
        var aside = path + ".new";
        using (var file = new FileStream(aside, FileMode.Create, FileAccess.Write))
        {
            using var writer = new StreamWriter(file, leaveOpen: true);
            writer.Write(content);
            writer.Flush();
            file.Flush(flushToDisk: true);
        }
        File.Move(aside, path, overwrite: true);
    }
}
