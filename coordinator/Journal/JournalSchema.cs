using Microsoft.Data.Sqlite;

namespace Inception.Distributed.Coordinator.Journal;

internal static class JournalSchema
{
    /// <summary>Kept as the file's <c>user_version</c>. A journal of an earlier version is brought up to date, one of a version to come is refused.</summary>
    public const int Version = 3;

    // One file holds all runs of a directory: one that goes on from a checkpoint adds its own row and rows. A run whose coordinator was
    // started anew goes on in its own row; each process begins with an event.
    private const string Tables = """
        CREATE TABLE runs (
            run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, first_step INTEGER NOT NULL, checkpoint TEXT NOT NULL,
            job_yaml TEXT NOT NULL, settings TEXT);
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL REFERENCES runs, at TEXT NOT NULL,
            event TEXT NOT NULL, reason TEXT);
        CREATE TABLE generations (
            number INTEGER PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs, at TEXT NOT NULL,
            first_step INTEGER NOT NULL, members TEXT NOT NULL, reason TEXT NOT NULL);
        CREATE TABLE checkpoints (
            directory TEXT PRIMARY KEY, step INTEGER NOT NULL, generation INTEGER NOT NULL REFERENCES generations,
            at TEXT NOT NULL, manifest_sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, seconds REAL NOT NULL);
        CREATE TABLE evaluations (
            generation INTEGER NOT NULL REFERENCES generations, step INTEGER NOT NULL, at TEXT NOT NULL, epoch REAL NOT NULL,
            top1 REAL NOT NULL, top5 REAL NOT NULL, loss REAL NOT NULL, images INTEGER NOT NULL, seconds REAL NOT NULL,
            top1_raw REAL, top5_raw REAL, loss_raw REAL,
            PRIMARY KEY (generation, step));
        """;

    // Version 2: the raw weights beside their running average.
    private const string FromVersion1 = """
        ALTER TABLE evaluations ADD COLUMN top1_raw REAL;
        ALTER TABLE evaluations ADD COLUMN top5_raw REAL;
        ALTER TABLE evaluations ADD COLUMN loss_raw REAL;
        """;

    // Version 3: what a run began with, so that another process can go on with it.
    private const string FromVersion2 = "ALTER TABLE runs ADD COLUMN settings TEXT;";

    /// <exception cref="UserErrorException">The file belongs to another version of the program.</exception>
    public static void Ensure(SqliteConnection connection, string path)
    {
        connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
        var version = connection.Scalar<long>("PRAGMA user_version;");
        if (version == Version) return;
        if (version is not (0 or 1 or 2))
        {
            throw new UserErrorException("--output",
                $"{path} was written by another version of this program (journal version {version}, this one writes {Version}); "
                + "choose another directory");
        }
        using var transaction = connection.BeginTransaction();
        connection.Execute(version switch { 0 => Tables, 1 => FromVersion1 + FromVersion2, _ => FromVersion2 }, transaction);
        connection.Execute($"PRAGMA user_version = {Version};", transaction);
        transaction.Commit();
    }
}
