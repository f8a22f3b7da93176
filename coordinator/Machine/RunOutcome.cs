namespace Inception.Distributed.Coordinator.Machine;

internal enum RunEnding { Finished, Stopped, Failed }

/// <param name="Reason">One or two sentences for the user.</param>
/// <param name="ExitCode">Of the coordinator's process.</param>
/// <param name="Step">Applied by every rank; a failed run may have got further.</param>
/// <param name="Workers">Members of the generation at the end; 0: none was formed.</param>
/// <param name="WeightsSha256">Lower-case hex, also where bad numbers halted the run or the result could not be saved; empty when the run failed otherwise or never started.</param>
/// <param name="StateSha256">Likewise.</param>
internal sealed record RunOutcome(
    RunEnding Ending, string Reason, int ExitCode, long Step, int Workers, string WeightsSha256 = "", string StateSha256 = "")
{
    /// <summary>As in the protocol and in result.json.</summary>
    public string State => Ending switch
    {
        RunEnding.Finished => "finished",
        RunEnding.Stopped => "stopped",
        RunEnding.Failed => "failed",
        _ => throw new InvalidOperationException($"no such ending: {Ending}"),
    };
}

internal static class ExitCodes
{
    public const int Finished = 0;
    public const int Failed = 1;
    public const int UserError = 2;

    /// <summary>Bad numbers: to start again as it is would come to the same.</summary>
    public const int Halted = 3;

    /// <summary>What a shell reports for a program that ended on SIGINT.</summary>
    public const int Stopped = 130;

    /// <summary>Told to go by SIGTERM in the midst of the run, which the next process takes up; what a shell reports for that signal.</summary>
    public const int HandedOver = 143;
}
