using System.Collections.Concurrent;
using System.Diagnostics;

namespace Inception.Distributed.Cli.Launch;

/// <summary>Starts children of this program that die with it. Disposing kills those that still run.</summary>
internal sealed class ChildLauncher : IDisposable
{
    private readonly BlockingCollection<Action> _starts = [];
    private readonly ConcurrentQueue<ChildProcess> _children = [];

    /// <summary>
    /// The kernel signals a parent's death when the thread that forked ends, so all children come from this one, which lives as long as
    /// the launcher; a thread of the pool would end when idle, and take its children along.
    /// </summary>
    private readonly Thread _thread;

    public ChildLauncher()
    {
        _thread = new Thread(() =>
        {
            foreach (var start in _starts.GetConsumingEnumerable()) start();
        })
        { IsBackground = true, Name = "children" };
        _thread.Start();
    }

    /// <param name="name">For messages, e.g. <c>worker 1</c>.</param>
    /// <param name="logFile">Takes all that the child prints; appended to.</param>
    /// <param name="arguments">Of the command line, e.g. <c>worker --coordinator URL</c>.</param>
    /// <param name="surroundings">Null: those of this process.</param>
    public Task<ChildProcess> StartAsync(string name, string logFile, IEnumerable<string> arguments, ChildSurroundings? surroundings = null)
    {
        surroundings ??= ChildSurroundings.Own;
        string[] command = [.. surroundings.Prefix, .. OwnCommand(), .. ChildMode.Arguments(logFile, arguments)];
        return StartAsync(() => ChildProcess.Start(name, logFile, command, surroundings.Environment));
    }

    /// <param name="relay">Takes each line that the child prints, from any thread.</param>
    /// <inheritdoc cref="StartAsync(string, string, IEnumerable{string}, ChildSurroundings?)"/>
    public Task<ChildProcess> StartAsync(string name, Action<string> relay, IEnumerable<string> arguments)
    {
        string[] command = [.. OwnCommand(), .. ChildMode.Arguments(arguments)];
        return StartAsync(() => ChildProcess.Start(name, relay, command));
    }

    private async Task<ChildProcess> StartAsync(Func<ChildProcess> start)
    {
        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() =>
        {
            try
            {
                started.SetResult(start());
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        var child = await started.Task;
        _children.Enqueue(child);
        return child;
    }

    public void KillAll()
    {
        foreach (var child in _children) child.Kill();
    }

    public void Dispose()
    {
        KillAll();
        _starts.CompleteAdding();
        _thread.Join();
        _starts.Dispose();
        foreach (var child in _children) child.Dispose();
    }

    // Run by 'dotnet inception.dll', the process is dotnet; run by its own executable, it is that.
    private static string[] OwnCommand()
    {
        var process = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this process is not known.");
        return Path.GetFileName(process) == "dotnet" ? [process, typeof(ChildLauncher).Assembly.Location] : [process];
    }
}
