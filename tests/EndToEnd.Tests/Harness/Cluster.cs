using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>
/// A coordinator and workers started one by one, as over several hosts. Faults are addressed by (rank, step): the status tells when they
/// are due, and which process is meant.
/// </summary>
public sealed partial class Cluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Workspace _workspace;
    private readonly string[] _settings;
    private readonly int _port = FreePort();
    private readonly List<InceptionProcess> _processes = [];
    private GrpcChannel? _channel;

    /// <param name="settings">Overrides of the tiny job, e.g. <c>workers.timeout=3</c>; heartbeats are quick, so that the status is fresh.</param>
    public Cluster(Workspace workspace, params string[] settings)
    {
        _workspace = workspace;
        _settings = ["workers.heartbeat=0.1", .. settings];
    }

    public InceptionProcess Coordinator { get; private set; } = null!;

    /// <summary>Where the coordinator listens.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Null: plain text.</summary>
    public ClusterCertificates? Certificates { get; init; }

    /// <summary>Workers show a join token, also in plain text.</summary>
    public bool WithToken { get; init; }

    public string Token => File.ReadAllText(_workspace.PathOf("token")).Trim();

    public string Url => $"{(Certificates is null ? "http" : "https")}://{Host}:{_port}";

    private string[] Security(Role role) =>
        Certificates is not null ? ["--certs", Certificates.Of(role), "--token-file", Certificates.Token]
        : WithToken ? ["--token-file", _workspace.PathOf("token")] : Host == "127.0.0.1" ? [] : ["--insecure"];

    /// <param name="workers">How many the first generation waits for.</param>
    /// <param name="more">Further arguments.</param>
    public void StartCoordinator(int workers, bool resume = false, params string[] more)
    {
        if (WithToken && !resume) CertificateAuthority.WriteToken(_workspace.PathOf("token"));
        string[] arguments = ["coordinator", Workspace.TinyJob, "--listen", $"{Host}:{_port}", "--workers", $"{workers}", "--output", "run"];
        Coordinator = Start([.. arguments, .. Security(Role.Coordinator), .. more, .. resume ? ["--resume"] : Array.Empty<string>(), .. _settings.SelectMany(setting => new[] { "--set", setting })]);
    }

    /// <param name="networkNamespace">Null: this one.</param>
    /// <param name="directory">That it works in; null: the workspace's.</param>
    /// <param name="more">Further arguments.</param>
    public InceptionProcess StartWorker(string? networkNamespace = null, string? directory = null, params string[] more)
    {
        var process = InceptionProcess.StartIn(networkNamespace, directory ?? _workspace.Directory, ["worker", "--coordinator", Url, .. Security(Role.Worker), .. more]);
        _processes.Add(process);
        return process;
    }

    /// <summary>A launcher with a worker for each device.</summary>
    /// <param name="devices">E.g. <c>cpu,cpu</c>.</param>
    public InceptionProcess StartHost(string devices, params string[] more)
    {
        var process = InceptionProcess.Start(_workspace.Directory, ["worker", "--coordinator", Url, "--devices", devices, .. more]);
        _processes.Add(process);
        return process;
    }

    public InceptionProcess[] StartWorkers(int count) => [.. Enumerable.Range(0, count).Select(_ => StartWorker())];

    /// <summary>The first status for which it is true, over coordinators that come and go.</summary>
    public Task<RunStatus> UntilAsync(Func<RunStatus, bool> condition, string description) =>
        RunWatch.UntilAsync(() => _channel ??= Connect(Role.Operator), condition, description, Patience);

    public Task<RunStatus> UntilStepAsync(long step) => UntilAsync(status => status.Step >= step, $"step {step} is done");

    /// <summary>The process that has a rank now.</summary>
    public InceptionProcess AtRank(RunStatus status, int rank)
    {
        // HOST-PID-RANDOM
        var id = status.Workers.Single(worker => worker.Rank == rank).WorkerId.Split('-')[^2];
        return _processes.Single(process => process.Id == int.Parse(id, CultureInfo.InvariantCulture));
    }

    /// <summary>The rank's process, once the run has reached the step.</summary>
    public async Task<InceptionProcess> AtAsync(int rank, long step) => AtRank(await UntilStepAsync(step), rank);

    /// <summary>Until the run is done. No generation but the first has started from the beginning: what was recovered was worth something.</summary>
    /// <returns>What the coordinator said.</returns>
    public async Task<string> FinishAsync()
    {
        var outcome = await Coordinator.WaitAsync();
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        foreach (Match stands in Stands().Matches(outcome.Output))
        {
            if (stands.Groups["generation"].Value != "1") stands.Groups["step"].Value.ShouldNotBe("0", outcome.ToString());
        }
        return outcome.ToString();
    }

    public void Dispose()
    {
        _channel?.Dispose();
        foreach (var process in _processes) process.Dispose();
    }

    /// <summary>A channel as a process of that role has it.</summary>
    public GrpcChannel Connect(Role role) => GrpcChannel.ForAddress(Url, new GrpcChannelOptions
    {
        HttpHandler = Certificates is null ? null : SecureClient.CreateHandler(
            new SecuritySettings { Certificates = CertificateFiles.In(Certificates.Of(role)), TokenFile = Certificates.Token }, role, new Uri(Url), TimeProvider.System),
    });

    private InceptionProcess Start(params string[] arguments)
    {
        var process = _workspace.Start(arguments);
        _processes.Add(process);
        return process;
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("Generation (?<generation>[0-9]+) stands at step (?<step>[0-9]+)")]
    private static partial Regex Stands();
}
