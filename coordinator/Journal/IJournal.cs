using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Journal;

internal interface IJournal
{
    /// <summary>
    /// Makes events and what was decided of them durable, all or none. To be called before any effect of the decisions leaves the process.
    /// </summary>
    /// <param name="entries">In the order in which they were decided.</param>
    /// <exception cref="JournalException">Nothing was written.</exception>
    void Commit(IReadOnlyList<JournalEntry> entries);
}

/// <param name="At">When it was decided.</param>
internal sealed record JournalEntry(RunEvent Event, Decision Decision, DateTimeOffset At);

/// <summary>The journal can't be read or written, e.g. because the disk is full.</summary>
internal sealed class JournalException(string message, Exception cause) : Exception(message, cause);
