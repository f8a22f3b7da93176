using System.Diagnostics;
using Inception.Distributed.Cli.Launch;

namespace Inception.Distributed.Cli.Tests.Launch;

public sealed class ChildLauncherTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("inception-test-").FullName;
    private readonly ChildLauncher _launcher = new();

    private string LogFile => Path.Combine(_directory, "child.log");

    public void Dispose()
    {
        _launcher.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_child_ends_with_its_exit_code_and_prints_to_its_log()
    {
        var child = await _launcher.StartAsync("child", LogFile, ["job", "validate", "missing.yaml"]);

        (await child.Exited).ShouldBe(ExitCode.UserError);
        (await child.ReadLogAsync()).ShouldHaveSingleItem().ShouldStartWith("error: missing.yaml: no such file");
    }

    [Fact]
    public async Task A_log_is_appended_to_and_read_from_where_the_child_began()
    {
        await File.WriteAllTextAsync(LogFile, "of an earlier run\n", TestContext.Current.CancellationToken);
        var child = await _launcher.StartAsync("child", LogFile, ["--version"]);
        await child.Exited;

        (await child.ReadLogAsync()).ShouldHaveSingleItem().ShouldStartWith("0.");
        (await File.ReadAllLinesAsync(LogFile, TestContext.Current.CancellationToken))[0].ShouldBe("of an earlier run");
    }

    [Fact]
    public async Task KillAll_ends_children_at_once()
    {
        var pipe = Path.Combine(_directory, "never-written.yaml");
        using (var make = Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        var child = await _launcher.StartAsync("child", LogFile, ["job", "validate", pipe]);
        _launcher.KillAll();

        (await child.Exited).ShouldBe(128 + NativeMethods.Sigkill);
    }
}
