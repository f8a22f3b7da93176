using System.Diagnostics;

namespace Inception.Distributed.Deployment.Tests.Containers;

/// <summary>The Docker engine that the tests use, by its command line.</summary>
internal sealed class Docker(string? host)
{
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It refused.</exception>
    public Task<string> RunAsync(params IEnumerable<string> arguments) => Command.OutputOfAsync("docker", WithHost(arguments));

    public Task<CommandOutcome> TryAsync(params IEnumerable<string> arguments) => Command.RunAsync("docker", WithHost(arguments));

    /// <summary>For programs that call it.</summary>
    public IEnumerable<string> Environment => host is null ? [] : [$"DOCKER_HOST={host}"];

    private IEnumerable<string> WithHost(IEnumerable<string> arguments) => host is null ? arguments : ["--host", host, .. arguments];

    /// <summary>Whether an engine answers.</summary>
    public static bool Answers(string? host)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("docker", host is null ? ["info"] : ["--host", host, "info"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
