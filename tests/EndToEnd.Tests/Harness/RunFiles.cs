using System.Text.Json;
using System.Text.Json.Nodes;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>A run's <c>result.json</c>, as far as tests compare it.</summary>
public sealed record Result(
    string State, string Reason, long Step, double Epoch, double? Top1, double? Top5, double? Top1Raw, double? Top5Raw, string? WeightsSha256, string? StateSha256, int Workers);

/// <summary>What a run has left in its directory.</summary>
public sealed class RunFiles(string directory)
{
    public string Directory { get; } = directory;

    public string Checkpoints => Path.Combine(Directory, "checkpoints");

    public Result ReadResult() => JsonSerializer.Deserialize<Result>(File.ReadAllText(Path.Combine(Directory, "result.json")), JsonSerializerOptions.Web)!;

    /// <summary>The lines of <c>log.jsonl</c> without the fields that measure time.</summary>
    public IReadOnlyList<string> ReadTimelessLog() => [.. File.ReadLines(Path.Combine(Directory, "log.jsonl")).Select(WithoutTimes)];

    /// <summary>The lines of <c>evaluations.jsonl</c>, likewise.</summary>
    public IReadOnlyList<string> ReadTimelessEvaluations() => [.. File.ReadLines(Path.Combine(Directory, "evaluations.jsonl")).Select(WithoutTimes)];

    private static string WithoutTimes(string line)
    {
        var step = JsonNode.Parse(line)!.AsObject();
        step.Remove("imagesPerSecond");
        step.Remove("seconds");
        return step.ToJsonString();
    }
}
