namespace Inception.Distributed.Cli.Launch;

/// <summary>How a run ended: the exit code and, unless all went well, what to tell the user.</summary>
internal sealed record TrainOutcome(int ExitCode, IReadOnlyList<string> Problems);
