using System.Text.Json;

namespace Inception.Distributed.Cli.Display;

/// <summary>A run's <c>result.json</c>.</summary>
/// <param name="Top1">As a fraction of 1; null when nothing was evaluated.</param>
/// <param name="Top1Raw">Of the weights themselves, where <paramref name="Top1"/> is of their running average; else null.</param>
/// <param name="WeightsSha256">Null when the run failed.</param>
/// <param name="Corrupt">Training samples of the whole run that could not be decoded.</param>
/// <param name="Seconds">Where the time of rank 0 went.</param>
internal sealed record RunResult(
    string State, string Reason, double Epoch, long Step, double? Top1, double? Top5, double? Top1Raw, double? Top5Raw, string? WeightsSha256,
    double ImagesPerSecond, int Workers, double SecondsTotal, RunResult.Phases Seconds, long StepsSkipped = 0, IReadOnlyList<RunResult.Rollback>? Rollbacks = null,
    long Corrupt = 0)
{
    public const string FileName = "result.json";

    /// <summary>Null when the run has not ended, or ended before it could write one.</summary>
    public static RunResult? TryRead(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return File.Exists(path) ? JsonSerializer.Deserialize<RunResult>(File.ReadAllText(path), JsonSerializerOptions.Web) : null;
    }

    internal sealed record Rollback(long BadStep, long To);

    internal sealed record Phases(double Data, double Forward, double Backward, double Reduction, double Update);
}
