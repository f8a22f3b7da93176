using System.Text.Json;

namespace Inception.Distributed.Checkpoints;

/// <summary>What a run's evaluations came to, from its <c>evaluations.jsonl</c>, so that checkpoints can be told by their accuracy.</summary>
public static class EvaluatedSteps
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <returns>Top-1 as a fraction of 1, by step; empty: nothing was evaluated.</returns>
    public static IReadOnlyDictionary<long, double> Read(string path)
    {
        var top1 = new Dictionary<long, double>();
        if (!File.Exists(path)) return top1;
        using var lines = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (lines.ReadLine() is { } line)
        {
            if (Parse(line) is { } evaluation) top1[evaluation.Step] = evaluation.Top1;
        }

        return top1;
    }

    // The last line may be half written while the run is at work, or when it was killed.
    private static Line? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(line, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Line(long Step, double Top1);
}
