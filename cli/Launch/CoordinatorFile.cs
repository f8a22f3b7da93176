using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inception.Distributed.Cli.Launch;

/// <summary><c>coordinator.json</c>, which a coordinator keeps in its run's directory while it listens.</summary>
internal sealed record CoordinatorFile(Uri Url, [property: JsonPropertyName("pid")] int ProcessId)
{
    public const string Name = "coordinator.json";

    /// <summary>Null when there is none, or it is only half written.</summary>
    public static CoordinatorFile? TryRead(string directory)
    {
        try
        {
            return JsonSerializer.Deserialize<CoordinatorFile>(File.ReadAllText(Path.Combine(directory, Name)), JsonSerializerOptions.Web);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Waits for the file of the given process; one that an earlier process left behind does not count.</summary>
    public static async Task<CoordinatorFile> WaitAsync(string directory, int processId, CancellationToken cancellationToken)
    {
        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(directory, Name);
        watcher.Created += (_, _) => changed.Release();
        watcher.Changed += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            if (TryRead(directory) is { } file && file.ProcessId == processId) return file;
            await changed.WaitAsync(cancellationToken);
        }
    }
}
