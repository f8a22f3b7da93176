using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Simulation;

/// <summary>One connection of a worker: in order both ways, each message with a delay of its own, until it breaks and loses what is under way.</summary>
internal sealed class Link(World world, SimulatedCoordinator coordinator, SimulatedWorker worker, int life)
{
    private const double Latency = 0.002;
    private double _lastUp, _lastDown;

    public SessionId Session { get; set; }

    public SimulatedWorker Worker { get; } = worker;

    public bool IsOpen { get; private set; } = true;

    /// <summary>The coordinator's process at the other end is still the one that it was opened to.</summary>
    public bool ReachesCoordinator => IsOpen && coordinator.IsAlive && coordinator.Life == life;

    public void Up(Action arrive)
    {
        if (Worker.IsCut) return; // Lost; the link will break by its silence.
        _lastUp = Math.Max(_lastUp, world.Now + world.Delay(Latency));
        world.At(_lastUp, () =>
        {
            if (ReachesCoordinator) arrive();
        });
    }

    public void Down(CoordinatorMessage message)
    {
        if (Worker.IsCut) return;
        _lastDown = Math.Max(_lastDown, world.Now + world.Delay(Latency));
        world.At(_lastDown, () =>
        {
            if (IsOpen) Worker.Receive(this, message);
        });
    }

    /// <summary>Both ends notice, each after a time of its own.</summary>
    public void Break(string how)
    {
        if (!IsOpen) return;
        IsOpen = false;
        world.After(world.Delay(0.01), () =>
        {
            if (coordinator.IsAlive && coordinator.Life == life) coordinator.Lose(this, how);
        });
        world.After(world.Delay(0.05), () => Worker.Disconnected(this));
    }
}
