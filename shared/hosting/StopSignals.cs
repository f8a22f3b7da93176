using System.Runtime.InteropServices;

namespace Inception.Distributed.Hosting;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks for a clean end, the second ends the program at once. SIGHUP keeps its default, so that nohup works.
/// </summary>
public sealed class StopSignals : IDisposable
{
    // As a shell says of a program that the signal has ended.
    private const int Interrupted = 130, Terminated = 143;

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _terminate = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    /// <param name="tellsApart">SIGTERM cancels <see cref="Terminate"/> rather than <see cref="Stop"/>.</param>
    /// <param name="beforeExit">Called on the second signal, before the process ends with 130, or with 143 after a SIGTERM that is told apart.</param>
    public StopSignals(bool tellsApart = false, Action? beforeExit = null)
    {
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];

        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            var terminates = tellsApart && context.Signal == PosixSignal.SIGTERM;
            switch (Interlocked.Increment(ref _signals))
            {
                case 1:
                    (terminates ? _terminate : _stop).Cancel();
                    break;
                case 2:
                    beforeExit?.Invoke();
                    Environment.Exit(terminates ? Terminated : Interrupted);
                    break;
            }
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled by the first signal, if it is a SIGTERM that is told apart.</summary>
    public CancellationToken Terminate => _terminate.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
        _terminate.Dispose();
    }
}
