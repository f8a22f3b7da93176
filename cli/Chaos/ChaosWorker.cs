using Inception.Distributed.Cli.Launch;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>A worker that was started, and what was done to it.</summary>
/// <param name="host">Null: this one.</param>
internal sealed class ChaosWorker(ChildProcess process, VirtualHost? host)
{
    public ChildProcess Process { get; } = process;

    public VirtualHost? Host { get; } = host;

    public string Name => Process.Name;

    public bool IsAlive => !Process.Exited.IsCompleted;

    /// <summary>It was killed, sent away or kept from its coordinator for too long, so its end is no surprise.</summary>
    public bool MayEnd { get; set; }

    /// <summary>It is stopped or cut off at the moment.</summary>
    public bool IsHeld { get; set; }
}
