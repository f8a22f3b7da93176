using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Journal;

internal interface IJournal
{
    /// <summary>Makes the event and what was decided durable. To be called before any effect of the decision leaves the process.</summary>
    /// <exception cref="JournalException">Nothing was written.</exception>
    void Commit(RunEvent @event, Decision decision, DateTimeOffset at);
}

/// <summary>The journal can't be read or written, e.g. because the disk is full.</summary>
internal sealed class JournalException(string message, Exception cause) : Exception(message, cause);
