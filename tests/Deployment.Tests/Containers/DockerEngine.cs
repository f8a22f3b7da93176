using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Inception.Distributed.Deployment.Tests.Containers;

/// <summary>
/// An engine with the images of this checkout. Where none runs, and this is root on a machine with dockerd, one is started for the tests
/// and stopped after them; it keeps its layers under .setup/docker, so that images are built once. Where that can't be, tests are skipped.
/// </summary>
public sealed partial class DockerEngine : IAsyncLifetime
{
    private const string Prefix = "inception-test-", Tag = "test";
    private const int Terminate = 15;

    private readonly string _run = Directory.CreateTempSubdirectory("inception-dockerd-").FullName;
    private Process? _daemon;
    private string? _firewall;
    private bool _hadBridge;
    private string? _unavailable;

    internal Docker Docker { get; private set; } = new(null);

    /// <summary>Arguments of Helm that name the images.</summary>
    internal static string Images => $"image.prefix={Prefix},image.tag={Tag}";

    public void SkipUnlessThere() => Assert.SkipWhen(_unavailable is not null, _unavailable ?? "");

    public async ValueTask InitializeAsync()
    {
        _unavailable = await StartAsync();
        if (_unavailable is null) await BuildImagesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is { HasExited: false })
        {
            SendSignal(_daemon.Id, Terminate).ShouldBe(0);
            await _daemon.WaitForExitAsync();
            await RestoreNetworkAsync();
        }
        _daemon?.Dispose();
        Directory.Delete(_run, recursive: true);
    }

    /// <returns>Why there is no engine; null: there is.</returns>
    private async Task<string?> StartAsync()
    {
        if (!File.Exists(Charts.Helm.Binary)) return "needs Helm, whose rendering says how containers are started";
        if (Docker.Answers(null)) return null;
        if (System.Environment.UserName != "root") return "no Docker engine answers, and starting one needs root";
        if (!File.Exists("/usr/sbin/dockerd")) return "no Docker engine answers, and there is no dockerd (apt-get install docker.io debootstrap)";
        await RememberNetworkAsync();
        var host = $"unix://{_run}/docker.sock";
        var log = Path.Combine(_run, "log");
        _daemon = Process.Start(new ProcessStartInfo("/bin/sh",
        [
            "-c", "exec /usr/sbin/dockerd --host \"$1\" --data-root \"$2\" --exec-root \"$3/exec\" --pidfile \"$3/pid\" >\"$4\" 2>&1",
            "dockerd", host, Repository.PathOf(".setup", "docker"), _run, log,
        ]))!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!Docker.Answers(host))
        {
            if (_daemon.HasExited || patience.IsCancellationRequested)
                return $"dockerd does not start here: {(await File.ReadAllLinesAsync(log)).LastOrDefault(line => line.Length > 0)}";
            await timer.WaitForNextTickAsync();
        }
        Docker = new Docker(host);
        return null;
    }

    // A daemon that ends leaves its bridge and its rules of the packet filter, under which other networks of this machine are cut off.
    private async Task RememberNetworkAsync()
    {
        _hadBridge = Directory.Exists("/sys/class/net/docker0");
        if (File.Exists("/usr/sbin/iptables-save")) _firewall = await Command.OutputOfAsync("/usr/sbin/iptables-save", []);
    }

    private async Task RestoreNetworkAsync()
    {
        if (!_hadBridge && Directory.Exists("/sys/class/net/docker0")) await Command.OutputOfAsync("ip", ["link", "delete", "docker0"]);
        if (_firewall is null) return;
        // A table that was not in use is not in the memory; it is emptied.
        foreach (var table in new[] { "filter", "nat" }.Where(table => !_firewall.Contains($"*{table}", StringComparison.Ordinal)))
            _firewall += $"\n*{table}\nCOMMIT";
        await Command.OutputOfAsync("/usr/sbin/iptables-restore", [], _firewall + "\n");
        if (!_firewall.Contains(":FORWARD", StringComparison.Ordinal)) await Command.OutputOfAsync("/usr/sbin/iptables", ["--policy", "FORWARD", "ACCEPT"]);
    }

    // Layers are kept, so this takes seconds where nothing has changed, and minutes the first time.
    private async Task BuildImagesAsync() => await Command.OutputOfAsync("env",
        [.. Docker.Environment, Repository.PathOf("deploy", "build-images.sh"), "--local-bases", "--prefix", Prefix, "--tag", Tag], patience: TimeSpan.FromMinutes(40));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
