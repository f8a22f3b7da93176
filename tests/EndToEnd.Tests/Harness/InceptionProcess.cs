using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>What the program printed and how it ended.</summary>
public sealed record Outcome(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- errors\n{Errors}";
}

/// <summary>The program <c>inception</c> as a process of its own.</summary>
public sealed class InceptionProcess : IDisposable
{
    /// <summary>More than any test's run needs, so that a hang fails the test and not the whole suite.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task<string> _errors;
    private readonly Task _reading;

    private InceptionProcess(Process process)
    {
        _process = process;
        process.Start();
        process.StandardInput.Close();
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    public static InceptionProcess Start(string directory, params string[] arguments) => StartIn(null, directory, arguments);

    /// <param name="networkNamespace">Null: this one. The process id is the program's all the same.</param>
    public static InceptionProcess StartIn(string? networkNamespace, string directory, params string[] arguments)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "inception.dll"), .. arguments];
        if (networkNamespace is not null) command = ["ip", "netns", "exec", networkNamespace, .. command];
        return new(new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                WorkingDirectory = directory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        });
    }

    /// <summary>Waits until the program prints a line that contains the text.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(patience.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal)) return line;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{text}' was not printed in time; the output so far:\n{_output}");
        }
        throw new InvalidOperationException($"The program ended without printing '{text}': {await WaitAsync()}");
    }

    public async Task<Outcome> WaitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The program did not end in time; its output:\n{_output}\n{await _errors}");
        }
        await _reading;
        return new Outcome(_process.ExitCode, _output.ToString(), await _errors);
    }

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    public void Signal(int number) => Processes.Signal(_process.Id, number);

    public IReadOnlyList<int> Children() => Processes.ChildrenOf(_process.Id);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_output) _output.AppendLine(line);
            _lines.Writer.TryWrite(line);
        }
        _lines.Writer.Complete();
    }
}
