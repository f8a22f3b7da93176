using System.Globalization;

namespace Inception.Distributed.Deployment.Tests.Containers;

/// <summary>
/// A container, from <see cref="StartAsync"/> to its disposal, which removes it. The names and the life cycle are those of Testcontainers,
/// for which this stands: that library wants a reaper image from a registry, and has no call for a kill, an OOM kill's mark, or taking a
/// container off a network.
/// </summary>
/// <param name="arguments">Of <c>docker create</c>, with the image and the command.</param>
internal sealed class Container(Docker docker, string name, IReadOnlyList<string> arguments) : IAsyncDisposable
{
    private bool _isCreated;

    public string Name => name;

    public async Task StartAsync()
    {
        if (!_isCreated) await docker.RunAsync(["create", "--name", name, .. arguments]);
        _isCreated = true;
        await docker.RunAsync("start", name);
    }

    /// <summary>SIGTERM, and a kill after the grace, as Kubernetes does it.</summary>
    public Task StopAsync(int grace = 70) => docker.RunAsync("stop", "--time", grace.ToString(CultureInfo.InvariantCulture), name);

    public Task KillAsync() => docker.RunAsync("kill", name);

    public Task PauseAsync() => docker.RunAsync("pause", name);

    public Task UnpauseAsync() => docker.RunAsync("unpause", name);

    /// <summary>Waits for its end.</summary>
    public async Task<int> GetExitCodeAsync() => int.Parse(await docker.RunAsync("wait", name), CultureInfo.InvariantCulture);

    public async Task<bool> IsRunningAsync() => await InspectAsync("{{.State.Running}}") == "true";

    public Task<string> InspectAsync(string format) => docker.RunAsync("inspect", "--format", format, name);

    public Task<CommandOutcome> ExecAsync(params string[] command) => docker.TryAsync(["exec", name, .. command]);

    public async Task<string> GetLogsAsync()
    {
        var outcome = await docker.TryAsync("logs", name);
        return outcome.Output + outcome.Errors;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isCreated) await docker.RunAsync("rm", "--force", "--volumes", name);
        _isCreated = false;
    }
}

/// <summary>A private network: nothing outside of the host is reached from it.</summary>
internal sealed class Network(Docker docker, string name, int subnet) : IAsyncDisposable
{
    public string Name => name;

    public string Address(int host) => $"10.89.{subnet}.{host}";

    public Task CreateAsync() => docker.RunAsync("network", "create", "--internal", "--subnet", $"10.89.{subnet}.0/24", name);

    public Task ConnectAsync(Container container, string address) => docker.RunAsync("network", "connect", "--ip", address, name, container.Name);

    public Task DisconnectAsync(Container container) => docker.RunAsync("network", "disconnect", "--force", name, container.Name);

    public async ValueTask DisposeAsync() => await docker.RunAsync("network", "rm", name);
}
