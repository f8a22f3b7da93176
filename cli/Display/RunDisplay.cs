using Inception.Distributed.Protocol;
using Spectre.Console;

namespace Inception.Distributed.Cli.Display;

/// <summary>Shows a run to the person who started it.</summary>
internal abstract class RunDisplay
{
    /// <summary>A live display on a terminal, plain lines elsewhere.</summary>
    public static RunDisplay Create(IAnsiConsole console, TimeProvider time) =>
        console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal
            ? new LiveRunDisplay(console)
            : new PlainRunDisplay(console.Profile.Out.Writer, time);

    /// <summary>Shows the run while <paramref name="body"/> calls the other members.</summary>
    public abstract Task<T> DuringAsync<T>(Func<Task<T>> body);

    public abstract void Show(RunStatus status);

    /// <summary>A line that stays.</summary>
    public abstract void Say(string line);

    /// <summary>Leaves the terminal as it was, for when the program ends in the middle.</summary>
    public virtual void Abandon()
    {
    }
}
