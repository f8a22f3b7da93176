using System.Diagnostics;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>
/// Hosts as network namespaces on a bridge of their own, whose packets can be dropped one way or both. Needs root and iproute2; whoever
/// has not gets a test that is skipped with that reason.
/// </summary>
public sealed class NetworkOfHosts : IDisposable
{
    private static int _networks;

    // The kernel takes a namespace apart some time after it is deleted, so each network has names and addresses of its own.
    private readonly string _name;
    private readonly int _subnet;
    private readonly int _hosts;

    public NetworkOfHosts(int hosts)
    {
        var number = Interlocked.Increment(ref _networks);
        (_hosts, _name, _subnet) = (hosts, $"inc{Environment.ProcessId % 10_000}{(char)('a' + number % 26)}", (Environment.ProcessId + number) % 250);
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/sbin/ip"), "needs root and iproute2");
        Ip("link", "add", _name, "type", "bridge");
        Ip("addr", "add", $"{Address(0)}/24", "dev", _name);
        Ip("link", "set", _name, "up");
        Filter("-I");
        for (var host = 1; host <= hosts; host++)
        {
            Ip("netns", "add", Namespace(host));
            Ip("link", "add", Link(host), "type", "veth", "peer", "name", "eth0", "netns", Namespace(host));
            Ip("link", "set", Link(host), "master", _name, "up");
            Ip("-n", Namespace(host), "addr", "add", $"{Address(host)}/24", "dev", "eth0");
            Ip("-n", Namespace(host), "link", "set", "eth0", "up");
            Ip("-n", Namespace(host), "link", "set", "lo", "up");
        }
    }

    /// <summary>Host 0 is the one outside of the namespaces, where the coordinator is.</summary>
    public string Address(int host) => $"10.87.{_subnet}.{1 + host}";

    public string Namespace(int host) => $"{_name}-{host}";

    /// <summary>Nothing comes from the host, and nothing goes there.</summary>
    public void Cut(int host) => Ip("link", "set", Link(host), "down");

    /// <summary>What a host sends to another one is dropped; what that one sends arrives.</summary>
    public void CutOneWay(int from, int to) => Ip("-n", Namespace(from), "route", "add", "blackhole", $"{Address(to)}/32");

    public void MendOneWay(int from, int to) => Ip("-n", Namespace(from), "route", "del", "blackhole", $"{Address(to)}/32");

    /// <summary>All that a host sends takes its time, so that what is on its way can be met there.</summary>
    public void SlowDown(int host, int megabitsPerSecond) => Ip(
        "netns", "exec", Namespace(host), "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", $"{megabitsPerSecond}mbit", "burst", "32kbit", "latency", "100ms");

    public void SpeedUp(int host) => Ip("netns", "exec", Namespace(host), "tc", "qdisc", "del", "dev", "eth0", "root");

    public void Dispose()
    {
        for (var host = 1; host <= _hosts; host++)
        {
            Ip("link", "del", Link(host));
            Ip("netns", "del", Namespace(host));
        }

        Ip("link", "del", _name);
        Filter("-D");
    }

    // Where a container runtime is at work, the host's filter drops what a bridge carries that is not the runtime's.
    private void Filter(string action)
    {
        if (File.Exists("/usr/sbin/iptables")) Run("iptables", "-w", action, "FORWARD", "-i", _name, "-o", _name, "-j", "ACCEPT");
    }

    private string Link(int host) => $"{_name}v{host}";

    private static void Ip(params string[] arguments) => Run("ip", arguments);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {errors}");
    }
}
