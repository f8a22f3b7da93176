using Inception.Distributed.Cli.Display;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>Says what happens, when it happens: a line each, with the time of faults and the step. For any thread.</summary>
internal sealed class Timeline(TextWriter output, FaultClock clock)
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock) return [.. _lines];
        }
    }

    /// <summary>Something in a run.</summary>
    public void Say(long step, string text) => Write(Format.Text($"{clock.Seconds,8:0.00} s  step {step,5}  {text}"));

    /// <summary>Something outside of the runs.</summary>
    public void Say(string text) => Write(text);

    private void Write(string line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            output.WriteLine(line);
        }
    }
}
