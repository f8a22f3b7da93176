using System.Diagnostics;

namespace Inception.Distributed.Cli.Launch;

/// <summary>A coordinator or worker started by <see cref="ChildLauncher"/>.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _startupOutput;
    private readonly long _logStart;

    private ChildProcess(string name, string logFile, string[] command, IReadOnlyDictionary<string, string> environment, Func<StreamReader, Task<string>> read)
    {
        Name = name;
        LogFile = logFile;
        _logStart = File.Exists(logFile) ? new FileInfo(logFile).Length : 0;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (variable, value) in environment) _process.StartInfo.Environment[variable] = value;
        _process.Start();
        Id = _process.Id;
        _process.StandardInput.Close();
        _startupOutput = BothAsync(read(_process.StandardError), read(_process.StandardOutput));
        Exited = WaitAsync();
    }

    public string Name { get; }
    public int Id { get; }

    /// <summary>Empty: what the child prints is relayed.</summary>
    public string LogFile { get; }

    /// <summary>Completes with the exit code; 128 + N after signal N.</summary>
    public Task<int> Exited { get; }

    /// <summary>Must be called on a thread that lives as long as the launcher; see <see cref="ChildLauncher"/>.</summary>
    // Both streams end when the child turns to its log file; until then only a runtime that can't start writes to them.
    public static ChildProcess Start(string name, string logFile, string[] command, IReadOnlyDictionary<string, string> environment) =>
        new(name, logFile, command, environment, reader => reader.ReadToEndAsync());

    /// <inheritdoc cref="Start(string, string, string[], IReadOnlyDictionary{string, string})"/>
    public static ChildProcess Start(string name, Action<string> relay, string[] command) => new(name, "", command, ChildSurroundings.Own.Environment, async reader =>
    {
        while (await reader.ReadLineAsync() is { } line) relay(line);
        return "";
    });

    /// <summary>What the child has printed since it started, line by line.</summary>
    public async Task<IReadOnlyList<string>> ReadLogAsync()
    {
        var lines = new List<string>((await _startupOutput).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        if (!File.Exists(LogFile)) return lines;
        using var reader = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        reader.BaseStream.Position = _logStart;
        while (await reader.ReadLineAsync() is { } line) lines.Add(line);
        return lines;
    }

    /// <summary>Asks the child to end (SIGTERM); does nothing when it has ended.</summary>
    public void Terminate() => Signal(NativeMethods.Sigterm);

    /// <summary>Ends the child at once (SIGKILL); does nothing when it has ended.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends a signal; does nothing when it has ended.</summary>
    public void Signal(int number)
    {
        if (!Exited.IsCompleted) _ = NativeMethods.Kill(Id, number);
    }

    public void Dispose() => _process.Dispose();

    private static async Task<string> BothAsync(params Task<string>[] outputs) => string.Concat(await Task.WhenAll(outputs));

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        await _startupOutput;
        return _process.ExitCode;
    }
}
