using Inception.Distributed.Torch.Native;

namespace Inception.Distributed.Torch;

internal sealed class AutocastScope : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly int _previous;
    private bool _left;

    internal AutocastScope() => Status.Check(RuntimeMethods.inc_autocast_cpu_enter(out _previous));

    public void Dispose()
    {
        if (_left)
            return;
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("Autocast is a state of its thread; leave it on the thread that entered it.");
        _left = true;
        Status.Check(RuntimeMethods.inc_autocast_cpu_leave(_previous));
    }
}
