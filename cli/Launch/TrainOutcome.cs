using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Launch;

/// <summary>How a run ended.</summary>
/// <param name="Problems">What to tell the user; empty when all went well.</param>
/// <param name="Last">The run's last state; null when it did not get as far as one.</param>
internal sealed record TrainOutcome(int ExitCode, IReadOnlyList<string> Problems, RunStatus? Last = null)
{
    /// <summary>This process applied a step.</summary>
    public bool HasTrained => Last?.LastStep is not null;
}
