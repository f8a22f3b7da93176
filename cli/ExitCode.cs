namespace Inception.Distributed.Cli;

/// <summary>What the program's exit codes mean.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The run, or what was checked, failed.</summary>
    public const int Failed = 1;

    /// <summary>The job file, a path or an argument is wrong.</summary>
    public const int UserError = 2;

    /// <summary>Stopped by Ctrl-C, SIGTERM or an operator: 128 + SIGINT, as shells have it.</summary>
    public const int Stopped = 130;
}
