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

    [LoggerMessage(25, LogLevel.Warning, "The checkpoint {Checkpoint} is damaged: {Why}. It is set aside as {Aside}.")]
    public static partial void Quarantined(this ILogger log, string checkpoint, string why, string aside);

    [LoggerMessage(7, LogLevel.Warning, "Old checkpoints could not be removed, they stay until the next one is written: {Why}")]
    public static partial void PruneFailed(this ILogger log, string why);

    [LoggerMessage(8, LogLevel.Error, "{Why} The run ends here; what was committed before stays valid.")]
    public static partial void LoopBroke(this ILogger log, string why);

    [LoggerMessage(9, LogLevel.Warning, "{Session} sent a {Message} that is not due; the session ends.")]
    public static partial void UnexpectedMessage(this ILogger log, string session, string message);

    [LoggerMessage(10, LogLevel.Warning, "{Count} sessions did not end in time; they are cut.")]
    public static partial void SessionsCut(this ILogger log, int count);

    [LoggerMessage(12, LogLevel.Error, "{Count} steps up to {Step} were applied, and no worker told of them: log.jsonl lacks their lines.")]
    public static partial void StepsMissing(this ILogger log, long count, long step);

    [LoggerMessage(15, LogLevel.Information, "Going on with run {Run}, which {Processes} process(es) before this one left in the midst of it.")]
    public static partial void Continuing(this ILogger log, string run, long processes);

    [LoggerMessage(14, LogLevel.Warning, "The checkpoints in {Directory} can't be read, trying again in {Seconds} s: {Why}")]
    public static partial void SearchFailed(this ILogger log, string directory, double seconds, string why);

    [LoggerMessage(13, LogLevel.Error, "This process is stale: {Worker} has worked for a later process of the same run (number {Epoch}). It takes nobody in.")]
    public static partial void Stale(this ILogger log, string worker, long epoch);

    [LoggerMessage(16, LogLevel.Information, "Told to go (SIGTERM): the run is left to the next coordinator on this directory; the workers train on and look for it.")]
    public static partial void HandingOver(this ILogger log);

    [LoggerMessage(17, LogLevel.Information, "The run is {State}; this process stays up and serves its results until it is told to go.")]
    public static partial void Staying(this ILogger log, string state);

    [LoggerMessage(18, LogLevel.Information, "Run {Run} is finished: {Why} It is served from its journal, and nothing is trained.")]
    public static partial void ServingFinished(this ILogger log, string run, string why);

    [LoggerMessage(19, LogLevel.Warning, "Refused {Source}: {Why}. Further attempts alike are counted, and not logged.")]
    public static partial void Refused(this ILogger log, string source, string why);

    [LoggerMessage(20, LogLevel.Warning, "So many different attempts have been refused that further ones are only counted (inception_refusals_total).")]
    public static partial void RefusalsSilenced(this ILogger log);

    [LoggerMessage(21, LogLevel.Error, "The certificates have changed and can't be used; those read before stay in use: {Problem}")]
    public static partial void CertificatesUnusable(this ILogger log, string problem);

    [LoggerMessage(22, LogLevel.Error, "{Method} failed on a message. Further failures of this kind are counted, and not logged.")]
    public static partial void HandlerFailed(this ILogger log, Exception error, string method);

    [LoggerMessage(11, LogLevel.Information, "{Sentence}")]
    public static partial void Tidied(this ILogger log, string sentence);
}
