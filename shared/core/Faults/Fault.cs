using System.Globalization;

namespace Inception.Distributed.Faults;

/// <summary>
/// Something that happens to a running job. A rank means the worker that has it at that moment; where fewer train, ranks are counted round
/// (of three ranks, 4 is 1), so that a schedule means something for any number of workers.
/// </summary>
public abstract record Fault
{
    /// <summary>How long it holds, in seconds; 0: it happens once, and that is it.</summary>
    public virtual double Seconds => 0;

    /// <summary>Does it take a worker away for good?</summary>
    public virtual bool EndsWorker => false;

    /// <summary>As the timeline says it, e.g. <c>kill rank 1</c>.</summary>
    public abstract override string ToString();

    protected static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>SIGKILL.</summary>
public sealed record KillWorker(int Rank) : Fault
{
    public override bool EndsWorker => true;

    public override string ToString() => $"kill rank {Rank}";
}

/// <summary>SIGKILL to all workers at once.</summary>
public sealed record KillAllWorkers : Fault
{
    public override bool EndsWorker => true;

    public override string ToString() => "kill all workers";
}

/// <summary>SIGKILL; a new process takes the run up after <paramref name="Away"/> seconds.</summary>
public sealed record KillCoordinator(double Away) : Fault
{
    public override double Seconds => Away;

    public override string ToString() => $"kill the coordinator, away for {Text(Away)} s";
}

/// <summary>SIGSTOP, then SIGCONT.</summary>
public sealed record StopWorker(int Rank, double For) : Fault
{
    public override double Seconds => For;

    public override string ToString() => $"stop rank {Rank} for {Text(For)} s";
}

/// <summary>SIGTERM: the worker asks to be let go.</summary>
public sealed record TerminateWorker(int Rank) : Fault
{
    public override bool EndsWorker => true;

    public override string ToString() => $"terminate rank {Rank}";
}

/// <summary>The operator's order to let a worker go.</summary>
public sealed record DrainWorker(int Rank) : Fault
{
    public override bool EndsWorker => true;

    public override string ToString() => $"drain rank {Rank}";
}

/// <summary>Packets of the worker's host are dropped.</summary>
public sealed record CutWorker(int Rank, CutWay Way, double For) : Fault
{
    public override double Seconds => For;

    public override string ToString() => $"cut rank {Rank} off{(Way == CutWay.Both ? "" : Way == CutWay.In ? ", incoming only," : ", outgoing only,")} for {Text(For)} s";
}

/// <summary>Which packets of a host are dropped.</summary>
public enum CutWay
{
    Both,

    /// <summary>Those that it sends.</summary>
    Out,

    /// <summary>Those that are sent to it.</summary>
    In,
}

/// <summary>The disk of the run's checkpoints, or of all that the run writes, fails or is slow.</summary>
/// <param name="Delay">Of each call, in seconds; for <see cref="DiskTrouble.Slow"/> only.</param>
/// <param name="WholeRun">The journal and logs too, not the checkpoints alone.</param>
public sealed record DiskFault(DiskTrouble Trouble, double For, double Delay, bool WholeRun) : Fault
{
    public override double Seconds => For;

    public override string ToString() => Trouble switch
    {
        DiskTrouble.Full => $"disk full under {Place} for {Text(For)} s",
        DiskTrouble.Error => $"disk errors under {Place} for {Text(For)} s",
        _ => $"disk slow under {Place}, {Text(Delay)} s a call, for {Text(For)} s",
    };

    private string Place => WholeRun ? "the run" : "checkpoints";
}

public enum DiskTrouble
{
    /// <summary>ENOSPC where a file is made or written.</summary>
    Full,

    /// <summary>EIO where a file is made, written or synced.</summary>
    Error,

    /// <summary>Every such call takes longer.</summary>
    Slow,
}

/// <summary>New workers come.</summary>
public sealed record JoinWorkers(int Count) : Fault
{
    public override string ToString() => Count == 1 ? "a worker joins" : $"{Count} workers join";
}
