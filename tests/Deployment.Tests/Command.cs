using System.Diagnostics;

namespace Inception.Distributed.Deployment.Tests;

/// <summary>What a program printed and how it ended.</summary>
internal sealed record CommandOutcome(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- errors\n{Errors}";
}

/// <summary>Runs other programs to their ends.</summary>
internal static class Command
{
    /// <param name="patience">Null: three minutes.</param>
    /// <exception cref="TimeoutException">It has not ended by then, and is killed.</exception>
    public static async Task<CommandOutcome> RunAsync(string program, IEnumerable<string> arguments, string? input = null, TimeSpan? patience = null)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{program} {string.Join(' ', arguments)}' did not end in time; its output:\n{await output}\n{await errors}");
        }
        return new CommandOutcome(process.ExitCode, await output, await errors);
    }

    /// <returns>What it printed, without the white space around it.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> OutputOfAsync(string program, IEnumerable<string> arguments, string? input = null, TimeSpan? patience = null)
    {
        var outcome = await RunAsync(program, arguments, input, patience);
        return outcome.ExitCode == 0
            ? outcome.Output.Trim()
            : throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed: {outcome}");
    }
}
