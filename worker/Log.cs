using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker;

/// <summary>The worker's log messages.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "connected to {Coordinator} as {WorkerId}")]
    public static partial void Connected(this ILogger logger, Uri coordinator, string workerId);

    [LoggerMessage(LogLevel.Information, "no coordinator at {Coordinator} yet ({Reason}); trying again in {Delay:0.0} s")]
    public static partial void Retrying(this ILogger logger, Uri coordinator, string reason, double delay);

    [LoggerMessage(LogLevel.Warning, "the coordinator is out of reach ({Reason}); training goes on, and it is looked for during {Seconds:0.#} s")]
    public static partial void CoordinatorLost(this ILogger logger, string reason, double seconds);

    [LoggerMessage(LogLevel.Information, "told to go: asking the coordinator to be drained, within {Seconds:0.#} s")]
    public static partial void Leaving(this ILogger logger, double seconds);

    [LoggerMessage(LogLevel.Warning, "not drained within {Seconds:0.#} s; leaving without it")]
    public static partial void GraceOver(this ILogger logger, double seconds);

    [LoggerMessage(LogLevel.Information, "generation {Generation}: rank {Rank} of {Size}, micro-batches {First} to {Last}, at step {Step}; {Kept} micro-batches of the next one are kept")]
    public static partial void Formed(this ILogger logger, long generation, int rank, int size, int first, int last, long step, int kept);

    [LoggerMessage(LogLevel.Information, "generation {Generation} is over, during {During}")]
    public static partial void GenerationSuperseded(this ILogger logger, long generation, string during);

    [LoggerMessage(LogLevel.Warning, "generation {Generation} is lost during {During}: {Reason}; waiting for the coordinator's decision")]
    public static partial void GenerationLost(this ILogger logger, long generation, string during, string reason);

    [LoggerMessage(LogLevel.Warning, "the coordinator says: {Reason}")]
    public static partial void LeftOut(this ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "order {OrderId} of generation {Generation} is stale (now {Current}); ignored")]
    public static partial void StaleOrder(this ILogger logger, long orderId, long generation, long current);

    [LoggerMessage(LogLevel.Warning, "{Blas} is the reference BLAS, several times slower than OpenBLAS; install libopenblas0-pthread")]
    public static partial void ReferenceBlas(this ILogger logger, string blas);

    [LoggerMessage(LogLevel.Information, "{Samples} training and {Validation} validation samples; {Parameters} parameters; {Versions}")]
    public static partial void Opened(this ILogger logger, long samples, long validation, long parameters, string versions);

    [LoggerMessage(LogLevel.Warning, "{Sample} is corrupt: {Problem}; {Consequence}")]
    public static partial void CorruptSample(this ILogger logger, string sample, string problem, string consequence);

    [LoggerMessage(LogLevel.Information, "{Checkpoints} checkpoints to evaluate on {Images} images in {Blocks} blocks; {Versions}")]
    public static partial void OpenedEvaluation(this ILogger logger, int checkpoints, long images, int blocks, string versions);

    [LoggerMessage(LogLevel.Information, "snapshot of step {Step} ({MegaBytes:0.00} MB) taken in {Milliseconds:0.00} ms")]
    public static partial void SnapshotTaken(this ILogger logger, long step, double megaBytes, double milliseconds);

    [LoggerMessage(LogLevel.Information, "ranks' digest of step {Step} taken in {Milliseconds:0.00} ms")]
    public static partial void DigestTaken(this ILogger logger, long step, double milliseconds);

    [LoggerMessage(LogLevel.Information, "checkpoint {Directory} written: {MegaBytes:0.0} MB in {Seconds:0.00} s")]
    public static partial void CheckpointWritten(this ILogger logger, string directory, double megaBytes, double seconds);

    [LoggerMessage(LogLevel.Warning, "checkpoint {Directory} could not be written: {Reason} It is tried again in {Seconds:0.###} s; training goes on")]
    public static partial void CheckpointRetried(this ILogger logger, string directory, string reason, double seconds);

    [LoggerMessage(LogLevel.Error, "checkpoint {Directory} could not be written: {Reason} Training goes on")]
    public static partial void CheckpointFailed(this ILogger logger, string directory, string reason);

    [LoggerMessage(LogLevel.Information, "the run has ended: {State}. {Reason}")]
    public static partial void RunEnded(this ILogger logger, string state, string reason);

    [LoggerMessage(LogLevel.Error, "the training thread has not come to its end within {Seconds:0.#} s: it hangs; the process ends without it")]
    public static partial void Hung(this ILogger logger, double seconds);

    [LoggerMessage(LogLevel.Warning, "checkpoints are written at the priority of training: {Why}")]
    public static partial void PriorityKept(this ILogger logger, string why);

    [LoggerMessage(LogLevel.Information, "{Sentence}")]
    public static partial void Data(this ILogger logger, string sentence);

    [LoggerMessage(LogLevel.Error, "the certificates have changed and can't be used; those read before stay in use: {Problem}")]
    public static partial void CertificatesUnusable(this ILogger logger, string problem);

    [LoggerMessage(LogLevel.Error, "{Reason}")]
    public static partial void Failed(this ILogger logger, string reason);
}
