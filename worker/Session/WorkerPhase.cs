namespace Inception.Distributed.Worker.Session;

/// <summary>Where a worker is in its life.</summary>
internal enum WorkerPhase { Connecting, Ready, Forming, Training, Draining, Left }

/// <summary>The worker's phase; every illegal transition throws.</summary>
internal sealed class WorkerLife
{
    private static readonly Dictionary<WorkerPhase, WorkerPhase[]> Allowed = new()
    {
        [WorkerPhase.Connecting] = [WorkerPhase.Ready, WorkerPhase.Left],
        [WorkerPhase.Ready] = [WorkerPhase.Forming, WorkerPhase.Left],
        [WorkerPhase.Forming] = [WorkerPhase.Training, WorkerPhase.Forming, WorkerPhase.Ready, WorkerPhase.Left],
        [WorkerPhase.Training] = [WorkerPhase.Forming, WorkerPhase.Draining, WorkerPhase.Ready, WorkerPhase.Left],
        [WorkerPhase.Draining] = [WorkerPhase.Left, WorkerPhase.Ready],
        [WorkerPhase.Left] = [],
    };

    public WorkerPhase Phase { get; private set; } = WorkerPhase.Connecting;

    public void Enter(WorkerPhase next)
    {
        if (!Allowed[Phase].Contains(next)) throw new InvalidOperationException($"a worker can't go from {Phase} to {next}");
        Phase = next;
    }
}
