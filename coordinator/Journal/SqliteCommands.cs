using Microsoft.Data.Sqlite;

namespace Inception.Distributed.Coordinator.Journal;

internal static class SqliteCommands
{
    public static void Execute(
        this SqliteConnection connection, string sql, SqliteTransaction? transaction = null,
        params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Prepare(connection, sql, transaction, parameters);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row; the type's default for none or NULL.</summary>
    public static T? Scalar<T>(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Prepare(connection, sql, null, parameters);
        return command.ExecuteScalar() is T value ? value : default;
    }

    public static IEnumerable<T> Rows<T>(
        this SqliteConnection connection, string sql, Func<SqliteDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        using var command = Prepare(connection, sql, null, parameters);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return row(reader);
    }

    private static SqliteCommand Prepare(
        SqliteConnection connection, string sql, SqliteTransaction? transaction, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
