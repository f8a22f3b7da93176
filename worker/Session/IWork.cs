namespace Inception.Distributed.Worker.Session;

/// <summary>What a worker does for its coordinator, on a thread of its own without await, since libtorch's settings are a thread's own.</summary>
internal interface IWork : ISessionPeer
{
    /// <summary>From any thread: nothing more will come.</summary>
    void Close();

    /// <summary>The thread's body; returns when the coordinator says that the run has ended, or on <see cref="Close"/>.</summary>
    void Run();
}
