using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Inception.Distributed.Coordinator.Journal;
using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Jobs;
using Microsoft.Data.Sqlite;

namespace Inception.Distributed.Coordinator.History;

/// <summary>What the directory of a run tells of it, also while the run goes on.</summary>
/// <param name="Name">The job's.</param>
/// <param name="Steps">At least one, ascending.</param>
/// <param name="Generations">In the order of their numbers; those that never came to a step too.</param>
public sealed record RunHistory(
    string Name, IReadOnlyList<StepPoint> Steps, IReadOnlyList<EvaluationPoint> Evaluations, IReadOnlyList<GenerationPoint> Generations)
{
    /// <exception cref="UserErrorException">It is no run's directory, or the run has not applied a step yet, or a file of it is damaged.</exception>
    public static RunHistory Load(string directory)
    {
        var files = RunDirectory.At(directory);
        if (!Directory.Exists(directory)) throw new UserErrorException(directory, "no such directory");
        if (!File.Exists(files.Job)) throw new UserErrorException(directory, "is no run's directory: it has no job.yaml");
        var steps = ReadLines(files.Log, HistoryJson.Default.StepPoint);
        if (steps.Count == 0) throw new UserErrorException(directory, "the run has not applied a step yet");
        return new RunHistory(JobFile.Load(files.Job, []).Name, steps, ReadLines(files.Evaluations, HistoryJson.Default.EvaluationPoint), ReadGenerations(files.Journal));
    }

    /// <summary>The run of a directory in progress appends to its files: a last line that is not whole is no mistake.</summary>
    private static List<T> ReadLines<T>(string path, JsonTypeInfo<T> type)
    {
        var points = new List<T>();
        if (!File.Exists(path)) return points;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            try
            {
                points.Add(JsonSerializer.Deserialize(line, type)!);
            }
            catch (JsonException error)
            {
                if (reader.EndOfStream) break;
                throw new UserErrorException($"{path}:{number}", $"is damaged: {error.Message}");
            }
        }
        return points;
    }

    private static List<GenerationPoint> ReadGenerations(string journal)
    {
        if (!File.Exists(journal)) return [];
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = journal, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            return
            [
                .. connection.Rows("SELECT number, at, first_step, json_array_length(members), reason FROM generations ORDER BY number;", row => new GenerationPoint(
                    row.GetInt64(0), DateTimeOffset.Parse(row.GetString(1), CultureInfo.InvariantCulture), row.GetInt64(2), row.GetInt32(3), row.GetString(4))),
            ];
        }
        catch (SqliteException error)
        {
            throw new UserErrorException(journal, $"can't be read as a run's journal: {error.Message}");
        }
    }
}
