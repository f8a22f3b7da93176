using Inception.Distributed.Cli.Display;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.DataTools;

/// <summary>
/// Follows work in one line of a terminal, on standard error, so that results alone go to standard output. Where standard error is no
/// terminal, a line now and then.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan InLogs = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly string _verb;
    private readonly long _total;
    private readonly TextWriter _output;
    private readonly bool _isTerminal;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private int _shown;
    private bool _isDone;

    /// <param name="verb">What is done, e.g. <c>verifying</c>.</param>
    public ProgressLine(string verb, long total, TextWriter output, bool isTerminal, TimeProvider time)
    {
        (_verb, _total, _output, _isTerminal, _time) = (verb, total, output, isTerminal, time);
        _start = time.GetTimestamp();
        var pause = isTerminal ? OnTerminal : InLogs;
        _timer = time.CreateTimer(_ => Show(), null, pause, pause);
    }

    public ScanProgress Progress { get; } = new();

    public static ProgressLine OfConsole(string verb, long total) => new(verb, total, Console.Error, !Console.IsErrorRedirected, TimeProvider.System);

    /// <summary>Leaves nothing of the line on a terminal.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDone = true;
            if (_shown > 0) _output.Write($"\r{new string(' ', _shown)}\r");
        }

        _timer.Dispose();
    }

    internal void Show()
    {
        lock (_gate)
        {
            if (_isDone || Progress.Samples is not (> 0 and var done)) return;
            var seconds = _time.GetElapsedTime(_start).TotalSeconds;
            var left = seconds / done * (_total - done);
            var text = $"{_verb} {Format.Count(done)} of {Format.Count(_total)} images, {Format.Rate(done / seconds)}, {Format.Duration(left)} left";
            if (!_isTerminal)
            {
                _output.WriteLine(text);
                return;
            }

            _output.Write($"\r{text.PadRight(_shown)}");
            _shown = text.Length;
        }
    }
}
