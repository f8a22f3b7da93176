using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Deployment.Tests.Charts;
using Inception.Distributed.EndToEnd.Tests.Harness;
using Inception.Distributed.Protocol;
using k8s.Models;

namespace Inception.Distributed.Deployment.Tests.Containers;

/// <summary>The chart's release of the tiny job, with a container for each pod. The test is the controller that starts and stops them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Release : IAsyncDisposable
{
    private const string Token = "join";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static int s_releases;

    private readonly Docker _docker;
    private readonly string _directory = Directory.CreateTempSubdirectory("inception-release-").FullName;
    private readonly string _name = $"inception-{Environment.ProcessId}-{Interlocked.Increment(ref s_releases)}";
    private readonly Network _network;
    private readonly Manifests _manifests;
    private readonly List<Container> _containers = [];
    private int _address = 10;
    private GrpcChannel? _channel;

    private Release(Docker docker, Manifests manifests)
    {
        (_docker, _manifests) = (docker, manifests);
        _network = new Network(docker, _name, (Environment.ProcessId + s_releases) % 250);
    }

    public Container Coordinator { get; private set; } = null!;

    public RunFiles Run => new(Claim("state"));

    public Network Network => _network;

    /// <param name="settings">Of the job.</param>
    public static async Task<Release> InstallAsync(DockerEngine engine, int waitForWorkers, params string[] settings)
    {
        engine.SkipUnlessThere();
        string[] values =
        [
            .. Matrix.Values["tiny job from a folder of the node"],
            "--set", $"{DockerEngine.Images},coordinator.waitForWorkers={waitForWorkers},tls.tokenSecret={Token},workers.replicas={waitForWorkers}",
            "--set-json", "job.workers.heartbeat=0.1,job.workers.timeout=3", .. settings.SelectMany(setting => new[] { "--set-json", $"job.{setting}" }),
        ];
        var release = new Release(engine.Docker, await Helm.RenderAsync(values));
        await release.MakeSecretsAsync();
        await release._network.CreateAsync();
        await release.StartCoordinatorAsync();
        return release;
    }

    /// <summary>The coordinator's pod, at an address that it has not had before.</summary>
    public async Task StartCoordinatorAsync()
    {
        var service = _manifests.Single<V1Service>("-coordinator").Metadata.Name;
        _channel?.Dispose();
        var address = _network.Address(_address++);
        _channel = Connect(service, IPAddress.Parse(address));
        Coordinator = await StartAsync(_manifests.Coordinator, $"{service}-0", address, [service]);
    }

    /// <param name="memory">A limit in place of the chart's.</param>
    public async Task<Container> StartWorkerAsync(int index, string? memory = null)
    {
        var address = _network.Address(_address++);
        return await StartAsync(_manifests.Worker, $"worker-{index}", address, [], memory);
    }

    public async Task<Container[]> StartWorkersAsync(int count, int first = 0)
    {
        var workers = new List<Container>();
        for (var index = first; index < first + count; index++) workers.Add(await StartWorkerAsync(index));
        return [.. workers];
    }

    /// <summary>The first status for which it is true, over coordinators that come and go.</summary>
    public Task<RunStatus> UntilAsync(Func<RunStatus, bool> condition, string description) =>
        RunWatch.UntilAsync(() => _channel!, condition, description, Patience, LogsAsync);

    public Task<RunStatus> UntilStepAsync(long step) => UntilAsync(status => status.Step >= step, $"step {step} is done");

    public Task UntilGoneAsync(Container worker) =>
        UntilAsync(status => !status.Workers.Any(other => other.WorkerId.StartsWith(Host(worker), StringComparison.Ordinal)), $"{worker.Name} is given up");

    public Task UntilBackAsync(Container worker) =>
        UntilAsync(status => status.Workers.Any(other => other.WorkerId.StartsWith(Host(worker), StringComparison.Ordinal)) || status.State == "finished", $"{worker.Name} is back");

    /// <summary>The run has ended, and with the same bits and the same log as in one process.</summary>
    public async Task ShouldFinishLikeAsync(ReferenceRun reference)
    {
        await UntilAsync(status => status.State is "finished" or "failed" or "stopped", "the run has ended");
        var (result, expected) = (Run.ReadResult(), reference.Files.ReadResult());
        result.State.ShouldBe("finished", await LogsAsync());
        result.WeightsSha256.ShouldBe(expected.WeightsSha256);
        result.StateSha256.ShouldBe(expected.StateSha256);
        Run.ReadTimelessLog().ShouldBe(reference.Files.ReadTimelessLog());
    }

    public async Task<string> LogsAsync()
    {
        var logs = await Task.WhenAll(_containers.Select(async container => $"--- {container.Name}\n{await container.GetLogsAsync()}"));
        return string.Join('\n', logs);
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        foreach (var container in _containers) await container.DisposeAsync();
        await _network.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>What docs/kubernetes.md makes Secrets of. Their files belong to the pods' group, as a cluster sees to.</summary>
    private async Task MakeSecretsAsync()
    {
        var (authority, service) = (Path.Combine(_directory, "ca"), _manifests.Single<V1Service>("-coordinator").Metadata.Name);
        string Secret(string name) => Path.Combine(_directory, "files", name);
        string Tls(string role) => Secret(service.Replace("-coordinator", $"-{role}-tls"));
        foreach (var command in new string[][]
        {
            ["certs", "init", authority],
            ["certs", "issue", "coordinator", "--ca", authority, "--out", Tls("coordinator"), "--host", service],
            ["certs", "issue", "worker", "--ca", authority, "--out", Tls("worker")],
            ["certs", "issue", "operator", "--ca", authority, "--out", Tls("operator")],
            ["certs", "token", Path.Combine(Secret(Token), "token")],
        })
        {
            var outcome = await Repository.InceptionAsync(command);
            outcome.ExitCode.ShouldBe(0, outcome.ToString());
        }
        await Command.OutputOfAsync("chown", ["--recursive", ":10001", Path.Combine(_directory, "files")]);
        await Command.OutputOfAsync("chmod", ["--recursive", "u=rwX,g=rX,o=", Path.Combine(_directory, "files")]);
    }

    /// <summary>As an operator, who knows the coordinator by its name, not by its address.</summary>
    private GrpcChannel Connect(string service, IPAddress address)
    {
        var directory = Path.Combine(_directory, "files", service.Replace("-coordinator", "-operator-tls"));
        var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(directory, "ca.crt"));
        return GrpcChannel.ForAddress($"https://{service}:7400", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancellationToken) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(address, context.DnsEndPoint.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
                SslOptions = new SslClientAuthenticationOptions
                {
                    ClientCertificates = [X509Certificate2.CreateFromPemFile(Path.Combine(directory, "tls.crt"), Path.Combine(directory, "tls.key"))],
                    CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck },
                },
            },
            DisposeHttpClient = true,
        });
    }

    private string Host(Container container) => container.Name[(_name.Length + 1)..].Split('.')[0] + "-";

    private async Task<Container> StartAsync(V1PodSpec pod, string hostName, string address, string[] aliases, string? memory = null)
    {
        var arguments = Pods.Arguments(pod, hostName, _network, address, aliases, Claim, FilesOf, memory);
        var container = new Container(_docker, $"{_name}-{hostName}.{_containers.Count}", arguments);
        _containers.Add(container);
        await container.StartAsync();
        return container;
    }

    // Whoever may be root in here need not be the pods' user; a cluster gives a volume to its fsGroup.
    private string Claim(string name)
    {
        var path = Path.Combine(_directory, name);
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("777", 8));
        return path;
    }

    private string FilesOf(string name)
    {
        var path = Path.Combine(_directory, "files", name);
        if (Directory.Exists(path)) return path;
        Directory.CreateDirectory(path);
        foreach (var (file, text) in _manifests.Single<V1ConfigMap>(name).Data) File.WriteAllText(Path.Combine(path, file), text);
        File.SetUnixFileMode(_directory, (UnixFileMode)Convert.ToInt32("755", 8));
        return path;
    }
}
