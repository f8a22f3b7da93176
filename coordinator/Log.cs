using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator;

/// <summary>Every log message of the coordinator.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Sentence}")]
    public static partial void Decided(this ILogger log, string sentence);

    [LoggerMessage(2, LogLevel.Debug, "{Event} changes nothing: it is late or comes from elsewhere.")]
    public static partial void Ignored(this ILogger log, string @event);

    [LoggerMessage(3, LogLevel.Information, "Listening on {Address}; workers join by: inception worker --coordinator {Url}")]
    public static partial void Listening(this ILogger log, string address, Uri url);

    [LoggerMessage(4, LogLevel.Information, "Output goes to {Directory}.")]
    public static partial void Output(this ILogger log, string directory);

    [LoggerMessage(5, LogLevel.Information, "Resuming from {Checkpoint} at step {Step}.")]
    public static partial void Resuming(this ILogger log, string checkpoint, long step);

    [LoggerMessage(6, LogLevel.Warning, "The checkpoint {Checkpoint} is not used: {Why}")]
    public static partial void DamagedCheckpoint(this ILogger log, string checkpoint, string why);

    [LoggerMessage(7, LogLevel.Warning, "Old checkpoints could not be removed, they stay until the next one is written: {Why}")]
    public static partial void PruneFailed(this ILogger log, string why);

    [LoggerMessage(8, LogLevel.Error, "{Why} The run ends here; what was committed before stays valid.")]
    public static partial void JournalFailed(this ILogger log, string why);

    [LoggerMessage(9, LogLevel.Warning, "{Session} sent a {Message} that is not due; the session ends.")]
    public static partial void UnexpectedMessage(this ILogger log, string session, string message);

    [LoggerMessage(10, LogLevel.Warning, "{Count} sessions did not end in time; they are cut.")]
    public static partial void SessionsCut(this ILogger log, int count);

    [LoggerMessage(11, LogLevel.Information, "{Sentence}")]
    public static partial void Tidied(this ILogger log, string sentence);
}
