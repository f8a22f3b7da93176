using System.Diagnostics;
using System.Globalization;
using Inception.Distributed.Faults;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>
/// Hosts as network namespaces on a bridge, whose packets can be dropped one way or both. The bridge is in a namespace too: in this one the
/// system's firewall might have a say in what it forwards. Needs root and iproute2. Disposing takes everything away again, and so does the
/// next network for one whose program was killed. For any thread.
/// </summary>
internal sealed class VirtualNetwork : IAsyncDisposable
{
    private const string Prefix = "inchaos", Bridge = "bridge";

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}");
    private readonly int _subnet = Environment.ProcessId % 250;
    private readonly List<VirtualHost> _hosts = [];
    private readonly SemaphoreSlim _gate = new(1);
    private int _lastAddress = 1;

    private VirtualNetwork()
    {
    }

    /// <summary>Of the host outside of the namespaces, where the coordinator is.</summary>
    public string Address => AddressOf(1);

    /// <summary>Why there can be none, as a clause; null: there can.</summary>
    public static string? Obstacle =>
        Environment.UserName != "root" ? "needs root, for network namespaces"
        : !File.Exists("/usr/sbin/ip") && !File.Exists("/sbin/ip") ? "needs the program ip (iproute2)"
        : null;

    public static async Task<VirtualNetwork> CreateAsync()
    {
        await RemoveLeftoversAsync();
        var network = new VirtualNetwork();
        await IpAsync("netns", "add", network.Switch);
        await IpAsync("-n", network.Switch, "link", "add", Bridge, "type", "bridge");
        await IpAsync("-n", network.Switch, "link", "set", Bridge, "up");
        await IpAsync("link", "add", network._name, "type", "veth", "peer", "name", "v1", "netns", network.Switch);
        await IpAsync("-n", network.Switch, "link", "set", "v1", "master", Bridge, "up");
        await IpAsync("addr", "add", $"{network.Address}/24", "dev", network._name);
        await IpAsync("link", "set", network._name, "up");
        return network;
    }

    public Task<VirtualHost> AddHostAsync() => AloneAsync(async () =>
    {
        // Addresses come round again after hosts that are long gone.
        do _lastAddress = _lastAddress == 254 ? 2 : _lastAddress + 1;
        while (_hosts.Any(host => host.Address == AddressOf(_lastAddress)));
        var (space, link, address) = ($"{_name}-{_lastAddress}", $"v{_lastAddress}", AddressOf(_lastAddress));
        await IpAsync("netns", "add", space);
        await IpAsync("-n", Switch, "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space);
        await IpAsync("-n", Switch, "link", "set", link, "master", Bridge, "up");
        await IpAsync("-n", space, "addr", "add", $"{address}/24", "dev", "eth0");
        await IpAsync("-n", space, "link", "set", "eth0", "up");
        await IpAsync("-n", space, "link", "set", "lo", "up");
        var host = new VirtualHost(space, link, address);
        _hosts.Add(host);
        return host;
    });

    public Task CutAsync(VirtualHost host, CutWay way) => AloneAsync(async () =>
    {
        switch (way)
        {
            case CutWay.Both:
                await IpAsync("-n", Switch, "link", "set", host.Link, "down");
                break;
            case CutWay.Out:
                // Two halves of the network go before the whole.
                foreach (var half in Halves()) await IpAsync("-n", host.Namespace, "route", "add", "blackhole", half);
                break;
            case CutWay.In:
                await ForOthersAsync(host, "add");
                break;
        }
        return way;
    });

    public Task MendAsync(VirtualHost host, CutWay way) => AloneAsync(async () =>
    {
        switch (way)
        {
            case CutWay.Both:
                await IpAsync("-n", Switch, "link", "set", host.Link, "up");
                break;
            case CutWay.Out:
                foreach (var half in Halves()) await IpAsync("-n", host.Namespace, "route", "del", "blackhole", half);
                break;
            case CutWay.In:
                await ForOthersAsync(host, "del");
                break;
        }
        return way;
    });

    /// <summary>Nothing may run there any more.</summary>
    public Task RemoveHostAsync(VirtualHost host) => AloneAsync(async () =>
    {
        if (!_hosts.Remove(host)) return host;
        await IpAsync("-n", Switch, "link", "del", host.Link);
        await IpAsync("netns", "del", host.Namespace);
        return host;
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.ToList()) await RemoveHostAsync(host);
        await IpAsync("link", "del", _name);
        await IpAsync("netns", "del", Switch);
        _gate.Dispose();
    }

    private async Task<T> AloneAsync<T>(Func<Task<T>> action)
    {
        await _gate.WaitAsync();
        try
        {
            return await action();
        }
        finally
        {
            _gate.Release();
        }
    }

    private string Switch => $"{_name}-switch";

    private string AddressOf(int host) => string.Create(CultureInfo.InvariantCulture, $"10.88.{_subnet}.{host}");

    private string[] Halves() => [$"10.88.{_subnet}.0/25", $"10.88.{_subnet}.128/25"];

    // Those that came or went since the cut have no such route, or must not be given one.
    private async Task ForOthersAsync(VirtualHost host, string verb)
    {
        string[] route = ["route", verb, "blackhole", $"{host.Address}/32"];
        foreach (var other in _hosts.Where(other => other != host)) await TryIpAsync(["-n", other.Namespace, .. route]);
        await TryIpAsync(route);
    }

    private static async Task RemoveLeftoversAsync()
    {
        // "NAME (id: 3)"; the link at this end goes with the switch's namespace.
        var (_, spaces, _) = await TryIpAsync("netns", "list");
        foreach (var space in spaces.Split('\n').Select(line => line.Split(' ')[0]).Where(IsLeftOver)) await TryIpAsync("netns", "del", space);
    }

    private static bool IsLeftOver(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name[Prefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
        && !Directory.Exists($"/proc/{process}");

    private static async Task IpAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await TryIpAsync(arguments);
        if (exitCode != 0) throw new IOException($"ip {string.Join(' ', arguments)}: {errors.Trim()}");
    }

    private static async Task<(int ExitCode, string Output, string Errors)> TryIpAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, errors);
    }
}

/// <param name="Link">The end of its cable at the bridge.</param>
internal sealed record VirtualHost(string Namespace, string Link, string Address)
{
    public IReadOnlyList<string> Prefix => ["ip", "netns", "exec", Namespace];
}
