using Inception.Distributed.Checkpoints;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Hosting;

/// <summary>Checkpoints that a run was to go on from and that are damaged are set aside, and never lost silently.</summary>
internal static class Quarantine
{
    /// <returns>Those that were damaged, where they are now.</returns>
    public static IReadOnlyList<DamagedCheckpoint> SetAside(CheckpointStore store, CheckpointSearch search, ILogger log) =>
        [.. search.Damaged.Select(damaged => SetAside(store, damaged, log))];

    private static DamagedCheckpoint SetAside(CheckpointStore store, DamagedCheckpoint damaged, ILogger log)
    {
        var why = string.Join("; ", damaged.Problems);
        try
        {
            if (store.Quarantine(damaged) is { } aside)
            {
                log.Quarantined(damaged.Directory, why, aside);
                return damaged with { Directory = aside };
            }

            log.DamagedCheckpoint(damaged.Directory, why);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.DamagedCheckpoint(damaged.Directory, $"{why} (and it can't be set aside: {error.Message})");
        }

        return damaged;
    }
}
