using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Inception.Distributed.Coordinator.Output;

/// <summary>A file with one JSON object a line, each of which has a <c>step</c>.</summary>
internal sealed class JsonLines : IDisposable
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly FileStream _file;

    private JsonLines(FileStream file) => _file = file;

    public static JsonLines Append(string path) => new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));

    /// <summary>Whole lines only, so that a reader never sees half of one that was written by this process.</summary>
    public void Write<T>(T line) => _file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, Options) + "\n"));

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// Drops the lines from the first one whose step is past <paramref name="lastStep"/>, or that is torn: a run that goes on from a
    /// checkpoint writes them anew. Replaced in one piece, so an interruption leaves the old file or the new one.
    /// </summary>
    /// <returns>How many lines were dropped.</returns>
    public static int CutAfter(string path, long lastStep)
    {
        if (!File.Exists(path)) return 0;
        var lines = File.ReadAllLines(path);
        var kept = lines.TakeWhile(line => StepOf(line) <= lastStep).ToList();
        if (kept.Count == lines.Length) return 0;
        AtomicFile.Write(path, string.Concat(kept.Select(line => line + "\n")));
        return lines.Length - kept.Count;
    }

    // Past every step for a line that is not whole.
    private static long StepOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("step").GetInt64();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return long.MaxValue;
        }
    }
}
