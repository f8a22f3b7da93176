using Inception.Distributed.Protocol;

namespace Inception.Distributed.Worker.Session;

/// <summary>Messages to the coordinator, sent in the order given. For any thread; never blocks.</summary>
internal interface IOutbox
{
    void Send(WorkerMessage message);
}
