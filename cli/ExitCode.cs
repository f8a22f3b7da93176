namespace Inception.Distributed.Cli;

/// <summary>What the program's exit codes mean.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The run, or what was checked, failed.</summary>
    public const int Failed = 1;

    /// <summary>The job file, a path or an argument is wrong.</summary>
    public const int UserError = 2;

    /// <summary>Bad numbers halted the run: to start it again as it is would come to the same.</summary>
    public const int Halted = 3;

    /// <summary>Stopped by Ctrl-C or an operator, and of 'inception train' by SIGTERM too: 128 + SIGINT, as shells have it.</summary>
    public const int Stopped = 130;

    /// <summary>
    /// A worker was drained or has left, or a coordinator has left its run to the next one: 128 + SIGTERM. The run goes on; whoever started the
    /// process may start it again.
    /// </summary>
    public const int Terminated = 143;
}
