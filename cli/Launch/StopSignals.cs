using System.Runtime.InteropServices;

namespace Inception.Distributed.Cli.Launch;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks for a clean stop, the second ends the program at once. SIGHUP keeps its default, so that nohup works.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    /// <param name="beforeExit">Called on the second signal, before the process ends with <see cref="ExitCode.Stopped"/>.</param>
    public StopSignals(Action? beforeExit = null)
    {
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];

        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            switch (Interlocked.Increment(ref _signals))
            {
                case 1:
                    _stop.Cancel();
                    break;
                case 2:
                    beforeExit?.Invoke();
                    Environment.Exit(ExitCode.Stopped);
                    break;
            }
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }
}
