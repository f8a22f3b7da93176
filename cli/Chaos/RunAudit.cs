using System.Text.Json;
using System.Text.Json.Nodes;
using Inception.Distributed.Cli.Display;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>Reads from a finished run's files whether everything happened once, and as in the undisturbed run.</summary>
internal sealed record RunAudit(string Directory, int Batch)
{
    /// <summary>Samples that count, each once.</summary>
    public long Samples { get; private set; }

    public ChaosResult? Result { get; private set; }

    /// <param name="expectedSha256">Of the weights; null: this is the undisturbed run.</param>
    /// <param name="undisturbed">Directory of the undisturbed run; null: there is none.</param>
    /// <param name="datasetSize">Training samples, N.</param>
    /// <returns>What is not as it should be, a sentence each.</returns>
    public IReadOnlyList<string> Check(string? expectedSha256, string? undisturbed, long datasetSize)
    {
        if (ChaosResult.TryRead(Directory) is not { } result) return [$"{Directory} has no result.json."];
        Result = result;
        var problems = new List<string>();
        if (result.State != "finished") problems.Add($"The run in {Directory} {result.State}: {result.Reason}");
        if (expectedSha256 is not null && result.WeightsSha256 != expectedSha256)
            problems.Add($"The weights differ: {result.WeightsSha256} in {Directory}, {expectedSha256} undisturbed.");
        problems.AddRange(CheckSteps(result));
        problems.AddRange(CheckSamples(result, datasetSize));
        if (undisturbed is null) return problems;
        if (ChaosResult.TryRead(undisturbed) is { } other && other.StateSha256 != result.StateSha256)
            problems.Add($"The whole state (optimizer, averages) differs: {result.StateSha256} in {Directory}, {other.StateSha256} undisturbed.");
        problems.AddRange(Compare(undisturbed, "log.jsonl"));
        problems.AddRange(Compare(undisturbed, "samples.jsonl"));
        problems.AddRange(Compare(undisturbed, "evaluations.jsonl"));
        return problems;
    }

    private IEnumerable<string> CheckSteps(ChaosResult result)
    {
        var steps = Lines("log.jsonl").Select(line => (long?)line["step"]).ToList();
        if (!steps.SequenceEqual(Enumerable.Range(1, (int)result.Step).Select(step => (long?)step)))
            yield return $"log.jsonl in {Directory} does not have each of the {result.Step} steps once and in order.";
    }

    private IEnumerable<string> CheckSamples(ChaosResult result, long datasetSize)
    {
        var epoch = new HashSet<long>();
        long step = 0, position = 0;
        foreach (var line in Lines("samples.jsonl"))
        {
            step++;
            var samples = line["samples"]!.AsArray();
            if ((long?)line["step"] != step || samples.Count != Batch)
            {
                yield return $"samples.jsonl in {Directory} has {samples.Count} samples of step {line["step"]} where step {step} with {Batch} is due.";
                yield break;
            }
            foreach (var sample in samples)
            {
                // Of several sources each has its own rounds, which the comparison with the undisturbed run checks.
                if (line.ContainsKey("sources"))
                {
                    position++;
                    continue;
                }
                if (position++ % datasetSize == 0) epoch.Clear();
                if (epoch.Add((long)sample!)) continue;
                yield return $"samples.jsonl in {Directory}: step {step} takes sample {sample} a second time in its epoch.";
                yield break;
            }
        }
        Samples = position;
        if (step != result.Step) yield return $"samples.jsonl in {Directory} has {step} steps of {result.Step}.";
    }

    private IEnumerable<string> Compare(string undisturbed, string file)
    {
        var here = Timeless(Path.Combine(Directory, file));
        var there = Timeless(Path.Combine(undisturbed, file));
        if (here.Count != there.Count) yield return $"{file} in {Directory} has {here.Count} lines, undisturbed {there.Count}.";
        else if (here.Zip(there).Where(pair => pair.First != pair.Second).Select(pair => pair.First).FirstOrDefault() is { } first)
            yield return $"{file} in {Directory} differs from the undisturbed run's: {first}";
    }

    private IEnumerable<JsonObject> Lines(string file) => LinesOf(Path.Combine(Directory, file));

    private static IEnumerable<JsonObject> LinesOf(string path) =>
        File.Exists(path) ? File.ReadLines(path).Select(line => JsonNode.Parse(line)!.AsObject()) : [];

    // Times differ from run to run, and so does who was there to tell of a step.
    private static List<string> Timeless(string path) => [.. LinesOf(path).Select(line =>
    {
        line.Remove("imagesPerSecond");
        line.Remove("seconds");
        line.Remove("derived");
        return line.ToJsonString();
    })];
}

/// <summary>What chaos reads of a run's <c>result.json</c>.</summary>
internal sealed record ChaosResult(
    string State, string Reason, double Epoch, long Step, string? WeightsSha256, string? StateSha256, double SecondsTotal, long Generations, long MicroBatchesKept)
{
    public static ChaosResult? TryRead(string directory)
    {
        var path = Path.Combine(directory, RunResult.FileName);
        return File.Exists(path) ? JsonSerializer.Deserialize<ChaosResult>(File.ReadAllText(path), JsonSerializerOptions.Web) : null;
    }
}
