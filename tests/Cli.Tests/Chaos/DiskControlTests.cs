using System.Diagnostics;
using Inception.Distributed.Cli.Chaos;
using Inception.Distributed.Faults;

namespace Inception.Distributed.Cli.Tests.Chaos;

/// <summary>The library that makes disks fail, in a process that knows nothing of it.</summary>
public sealed class DiskControlTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("inception-test-").FullName;
    private readonly DiskControl _disk;

    public DiskControlTests()
    {
        Directory.CreateDirectory(Inside);
        _disk = new DiskControl(Path.Combine(_directory, "control"));
    }

    private string Inside => Path.Combine(_directory, "inside");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(DiskTrouble.Full, "No space left on device")]
    [InlineData(DiskTrouble.Error, "Input/output error")]
    public async Task A_fault_meets_the_files_of_its_directory_alone_and_ends(DiskTrouble trouble, string message)
    {
        using (_disk.Begin(new DiskFault(trouble, 1, 0, WholeRun: false), Inside))
        {
            (await RunAsync("echo text > inside/file")).ShouldContain(message);
            (await RunAsync("mkdir inside/more")).ShouldContain(message);
            (await RunAsync("echo text > outside && cat outside")).ShouldBe("text\n");
        }
        (await RunAsync("echo text > inside/file && cat inside/file")).ShouldBe("text\n");
    }

    // The file was opened before the fault began.
    [Fact]
    public async Task A_fault_meets_open_files_of_a_running_process()
    {
        using var process = Start("exec 3> inside/file; echo ready; read line; echo text | cat >&3");
        (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("ready");
        using (_disk.Begin(new DiskFault(DiskTrouble.Full, 1, 0, WholeRun: false), Inside))
        {
            await process.StandardInput.WriteLineAsync("go");
            (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("No space left on device");
        }
    }

    [Fact]
    public async Task A_slow_disk_takes_its_time()
    {
        using var fault = _disk.Begin(new DiskFault(DiskTrouble.Slow, 1, 0.3, WholeRun: false), Inside);
        var since = Stopwatch.GetTimestamp();
        (await RunAsync("echo text > inside/file && cat inside/file")).ShouldBe("text\n");
        // One call to make the file, one to write it.
        Stopwatch.GetElapsedTime(since).TotalSeconds.ShouldBeGreaterThan(0.6);
    }

    private async Task<string> RunAsync(string script)
    {
        using var process = Start(script);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        return await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
    }

    private Process Start(string script)
    {
        var start = new ProcessStartInfo("sh", ["-c", script])
        {
            WorkingDirectory = _directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in _disk.Environment) start.Environment[variable] = value;
        return Process.Start(start)!;
    }
}
