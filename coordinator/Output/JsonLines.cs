using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Inception.Distributed.Coordinator.Output;

/// <summary>A file with one JSON object a line, each of which has a <c>step</c>, in the order of the steps. For one thread at a time.</summary>
internal sealed class JsonLines : IDisposable
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // A file is read from its end in pieces of this size, larger where a line is.
    private const int Piece = 1 << 16;

    private readonly FileStream _file;
    private bool _isFlushed = true;

    private JsonLines(FileStream file) => _file = file;

    /// <summary>Writes behind the lines that are there, which must be whole.</summary>
    public static JsonLines Append(string path)
    {
        var lines = new JsonLines(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0));
        lines._file.Position = lines._file.Length;
        return lines;
    }

    /// <summary>Whole lines only, so that a reader never sees half of one that was written by this process.</summary>
    public void Write<T>(T line)
    {
        _file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, Options) + "\n"));
        _isFlushed = false;
    }

    /// <summary>Drops the last lines, those whose step is past <paramref name="lastStep"/>: they will be written anew.</summary>
    public void CutAfter(long lastStep)
    {
        _file.SetLength(EndOf(lastStep));
        _file.Position = _file.Length;
    }

    /// <summary>The step of the last line; null: there is none.</summary>
    public long? ReadLastStep() => LinesFromTheEnd().Select(line => (long?)line.Step).FirstOrDefault();

    /// <summary>Lines of which it is true; reads the whole file.</summary>
    public long Count(Func<string, bool> condition)
    {
        using var reader = new StreamReader(new FileStream(_file.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var count = 0L;
        while (reader.ReadLine() is { } line) count += condition(line) ? 1 : 0;
        return count;
    }

    /// <summary>The whole numbers of a field, of the lines that have it, by step.</summary>
    public SortedDictionary<long, long> ReadNumbers(string field)
    {
        var numbers = new SortedDictionary<long, long>();
        using var reader = new StreamReader(new FileStream(_file.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            // Lines without the field, nearly all of them, are not worth parsing.
            if (!line.Contains($"\"{field}\":", StringComparison.Ordinal)) continue;
            using var json = JsonDocument.Parse(line);
            numbers[json.RootElement.GetProperty("step").GetInt64()] = json.RootElement.GetProperty(field).GetInt64();
        }

        return numbers;
    }

    /// <summary>What is written is on the disk when this returns.</summary>
    public void Flush()
    {
        if (_isFlushed) return;
        _file.Flush(flushToDisk: true);
        _isFlushed = true;
    }

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

    // Where the last line up to the step ends.
    private long EndOf(long lastStep) => LinesFromTheEnd().Where(line => line.Step <= lastStep).Select(line => line.End).FirstOrDefault();

    private IEnumerable<(long Step, long End)> LinesFromTheEnd()
    {
        var (start, end) = (_file.Length, _file.Length);
        var piece = Array.Empty<byte>();
        while (end > 0)
        {
            // The byte before the end is the line's own line feed.
            var length = (int)(end - start);
            var feed = length == 0 ? -1 : piece.AsSpan(0, length - 1).LastIndexOf((byte)'\n');
            if (feed < 0 && start > 0)
            {
                start = Math.Max(0, start - Math.Max(Piece, length));
                piece = Read(start, end);
                continue;
            }
            yield return (StepOf(Encoding.UTF8.GetString(piece.AsSpan(feed + 1, length - feed - 1))), end);
            end = start + feed + 1;
        }
    }

    private byte[] Read(long start, long end)
    {
        var bytes = new byte[end - start];
        _file.Position = start;
        _file.ReadExactly(bytes);
        _file.Position = _file.Length;
        return bytes;
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
