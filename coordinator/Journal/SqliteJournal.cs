using System.Globalization;
using Inception.Distributed.Coordinator.Machine;
using Microsoft.Data.Sqlite;

namespace Inception.Distributed.Coordinator.Journal;

/// <summary>
/// The journal of an output directory, in SQLite. Every event with the reason of what was decided; generations, checkpoints and
/// evaluations besides in tables that can be asked. A commit is durable when it returns. For one thread at a time.
/// </summary>
internal sealed class SqliteJournal : IJournal, IDisposable
{
    private readonly SqliteConnection _connection;
    private string? _runId;

    private SqliteJournal(SqliteConnection connection) => _connection = connection;

    /// <exception cref="UserErrorException">The file is no journal of this version.</exception>
    public static SqliteJournal Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            JournalSchema.Ensure(connection, path);
            return new SqliteJournal(connection);
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new UserErrorException("--output", $"{path} can't be used as the run's journal: {error.Message}");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The newest generation that any run of this directory has formed; 0: none.</summary>
    public long LastGeneration => _connection.Scalar<long>("SELECT max(number) FROM generations;");

    /// <summary>To be called once, before the first commit.</summary>
    public void BeginRun(RunSettings settings, DateTimeOffset at)
    {
        _connection.Execute(
            "INSERT INTO runs VALUES ($run, $at, $step, $checkpoint, $job, $settings);", null,
            ("$run", settings.RunId), ("$at", Text(at)), ("$step", settings.FirstStep),
            ("$checkpoint", settings.Resume?.Directory ?? ""), ("$job", settings.JobYaml), ("$settings", JournalJson.Write(RunBeginning.Of(settings))));
        _runId = settings.RunId;
    }

    /// <summary>Takes up the run that was begun last, in place of <see cref="BeginRun"/>.</summary>
    public void ContinueRun(string runId) => _runId = runId;

    /// <summary>The run that was begun last; null: none was, or by a version of this program that did not write what it began with.</summary>
    public JournaledRun? LastRun => _connection.Rows(
        "SELECT run_id, job_yaml, settings FROM runs ORDER BY rowid DESC LIMIT 1;",
        row => row.IsDBNull(2) ? null : new JournaledRun(row.GetString(0), row.GetString(1), JournalJson.ReadBeginning(row.GetString(2)))).FirstOrDefault();

    public void Commit(IReadOnlyList<JournalEntry> entries)
    {
        try
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var (@event, decision, at) in entries)
            {
                _connection.Execute(
                    "INSERT INTO events (run_id, at, event, reason) VALUES ($run, $at, $event, $reason);", transaction,
                    ("$run", _runId), ("$at", Text(at)), ("$event", JournalJson.Write(@event)), ("$reason", decision.Reason));
                foreach (var record in decision.Effects.OfType<Record>())
                    Insert(record, decision.Reason, at, transaction);
            }
            transaction.Commit();
        }
        catch (SqliteException error)
        {
            throw new JournalException($"The journal {_connection.DataSource} can't be written: {error.Message}", error);
        }
    }

    /// <summary>The events of a run in the order in which they were decided.</summary>
    public IEnumerable<RunEvent> ReadEvents(string runId) => _connection.Rows(
        "SELECT event FROM events WHERE run_id = $run ORDER BY sequence;", row => JournalJson.ReadEvent(row.GetString(0)), ("$run", runId));

    /// <summary>The last sentences that were told of a run, oldest first.</summary>
    public IReadOnlyList<string> ReadSentences(string runId, int atMost) =>
    [
        .. _connection.Rows(
            "SELECT reason FROM events WHERE run_id = $run AND reason IS NOT NULL ORDER BY sequence DESC LIMIT $count;",
            row => row.GetString(0), ("$run", runId), ("$count", atMost)).Reverse(),
    ];

    public void Dispose() => _connection.Dispose();

    private void Insert(Record record, string? reason, DateTimeOffset at, SqliteTransaction transaction)
    {
        switch (record)
        {
            case RecordGeneration { Generation: var generation }:
                _connection.Execute(
                    "INSERT INTO generations VALUES ($number, $run, $at, $step, $members, $reason);", transaction,
                    ("$number", generation.Number), ("$run", _runId), ("$at", Text(at)), ("$step", generation.Step),
                    ("$members", JournalJson.Write(generation.Members)), ("$reason", reason ?? ""));
                break;
            case RecordCheckpoint { Checkpoint: var checkpoint, Generation: var generation }:
                // A resumed run may write a checkpoint anew that an earlier one had written and lost.
                _connection.Execute(
                    "INSERT OR REPLACE INTO checkpoints VALUES ($directory, $step, $generation, $at, $manifest, $bytes, $seconds);", transaction,
                    ("$directory", checkpoint.Directory), ("$step", checkpoint.Step), ("$generation", generation), ("$at", Text(at)),
                    ("$manifest", checkpoint.ManifestSha256), ("$bytes", checkpoint.Bytes), ("$seconds", checkpoint.Seconds));
                break;
            case RecordEvaluation { Evaluation: var evaluation, Generation: var generation }:
                _connection.Execute(
                    """
                    INSERT INTO evaluations (generation, step, at, epoch, top1, top5, loss, images, seconds, top1_raw, top5_raw, loss_raw)
                    VALUES ($generation, $step, $at, $epoch, $top1, $top5, $loss, $images, $seconds, $top1Raw, $top5Raw, $lossRaw);
                    """,
                    transaction,
                    ("$generation", generation), ("$step", evaluation.Step), ("$at", Text(at)), ("$epoch", evaluation.Epoch),
                    ("$top1", evaluation.Top1), ("$top5", evaluation.Top5), ("$loss", Number(evaluation.Loss)), ("$images", evaluation.Images),
                    ("$seconds", evaluation.Seconds), ("$top1Raw", evaluation.Top1Raw), ("$top5Raw", evaluation.Top5Raw),
                    ("$lossRaw", evaluation.LossRaw is { } raw ? Number(raw) : null));
                break;
            default:
                throw new InvalidOperationException($"no table for {record.GetType().Name}");
        }
    }

    // SQLite takes NaN for NULL, and has infinities.
    private static double Number(double value) => double.IsNaN(value) ? double.PositiveInfinity : value;

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <param name="JobYaml">As resolved.</param>
internal sealed record JournaledRun(string RunId, string JobYaml, RunBeginning Beginning);

/// <summary>What a run began with, beside its job.</summary>
internal sealed record RunBeginning(int ExpectedWorkers, ResumePoint? Resume, long PreviousGeneration)
{
    public static RunBeginning Of(RunSettings settings) => new(settings.ExpectedWorkers, settings.Resume, settings.PreviousGeneration);
}
