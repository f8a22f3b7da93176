using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Inception.Distributed.EndToEnd.Tests.Harness;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Two hosts train under mutual TLS, and a third one tries everything that it should not get away with.</summary>
public sealed class SecuredRunTests : IDisposable
{
    private readonly UndisturbedRun _undisturbed;
    private readonly Workspace _workspace = new();
    private readonly NetworkOfHosts _network = new(hosts: 3);
    private readonly ClusterCertificates _certificates;
    private readonly Cluster _cluster;
    private readonly ForeignHost _attacker;

    public SecuredRunTests(UndisturbedRun undisturbed)
    {
        _undisturbed = undisturbed;
        _certificates = new ClusterCertificates(_workspace, _network.Address(0));
        _cluster = new Cluster(_workspace, "workers.max=2") { Host = _network.Address(0), Certificates = _certificates };
        _attacker = new ForeignHost(_network.Namespace(3));
    }

    public void Dispose()
    {
        _cluster.Dispose();
        _network.Dispose();
        _workspace.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_attack_is_refused_and_logged_once_and_the_bits_are_those_of_one_host()
    {
        _cluster.StartCoordinator(workers: 2);
        for (var host = 1; host <= 2; host++) _cluster.StartWorker(_network.Namespace(host), more: ["--interface", "eth0"]);
        await _cluster.UntilStepAsync(3);
        ShouldListenOnlyAt(_network.Address(1), _network.Namespace(1));

        var token = (await File.ReadAllTextAsync(_certificates.Token, Cancel)).Trim();
        for (var time = 1; time <= 2; time++)
        {
            await ShouldFailAsync(null, token, StatusCode.Unavailable, StatusCode.Internal);
            await ShouldFailAsync(_certificates.Load(Role.Worker), null, StatusCode.Unauthenticated);
            await ShouldFailAsync(_certificates.Load(Role.Worker), "not-the-token-but-as-long-as-one", StatusCode.Unauthenticated);
            await ShouldFailAsync(_certificates.Load(Role.Operator), token, StatusCode.PermissionDenied);
            await ShouldNotOperateAsync(_certificates.Load(Role.Worker), token);
        }
        var expired = _certificates.IssueExpired();
        await ShouldFailAsync(expired, token, StatusCode.Unavailable, StatusCode.Internal);
        await ShouldFailAsync(_certificates.IssueByAnotherCa(), token, StatusCode.Unavailable, StatusCode.Internal);
        await ReplayAsync(_certificates.Load(Role.Worker), token);

        await _cluster.FinishAsync();
        _undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
        var log = (await _cluster.Coordinator.WaitAsync()).Output;
        var third = $"Refused {_network.Address(3)}: ";
        Refusals(log).ShouldBe(
        [
            third + "a worker shows a wrong join token",
            third + "a worker shows no join token",
            third + "a worker speaks for a generation that it is no member of; what it says is dropped",
            third + "it shows no certificate",
            third + $"its certificate (worker 'late') expired on {expired.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC",
            third + "its certificate (worker 'stranger') is signed by 'another CA', which is no CA that is trusted here",
            third + "operator 'operator' called /inception.v1.WorkerSession/Open, which is for the role worker",
            third + "worker 'worker' called /inception.v1.Operator/Drain, which is for the role operator",
            third + "worker 'worker' called /inception.v1.Operator/GetStatus, which is for the role operator",
            third + "worker 'worker' called /inception.v1.Operator/Stop, which is for the role operator",
        ]);
        ShouldHoldNoSecret(token, log);
    }

    private static List<string> Refusals(string log) =>
        [.. log.Split('\n').Where(line => line.Contains("Refused ", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("Refused ", StringComparison.Ordinal)..].Replace(". Further attempts alike are counted, and not logged.", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    // Neither the files of the run, which include the journal and the resolved job, nor what is printed, nor the command lines.
    private void ShouldHoldNoSecret(string token, string log)
    {
        var key = File.ReadAllText(Path.Combine(_certificates.Of(Role.Coordinator), "tls.key")).Split('\n')[1];
        foreach (var secret in new[] { token, key })
        {
            log.ShouldNotContain(secret);
            foreach (var file in Directory.EnumerateFiles(_workspace.PathOf("run"), "*", SearchOption.AllDirectories))
                File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(secret)).ShouldBe(-1, file);
        }
    }

    private static void ShouldListenOnlyAt(string address, string networkNamespace)
    {
        using var ss = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", networkNamespace, "ss", "-Htln"]) { RedirectStandardOutput = true })!;
        var listening = ss.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]).ToList();
        listening.ShouldAllBe(local => local.StartsWith(address + ":", StringComparison.Ordinal));
    }

    private async Task ShouldFailAsync(X509Certificate2? certificate, string? token, params StatusCode[] allowed)
    {
        using var channel = _attacker.Open(new Uri(_cluster.Url), certificate, token);
        using var call = new WorkerSession.WorkerSessionClient(channel).Open(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(20), cancellationToken: Cancel);
        var error = await Should.ThrowAsync<RpcException>(async () =>
        {
            try
            {
                await call.RequestStream.WriteAsync(Hello("intruder"), Cancel);
            }
            catch (Exception refused) when (refused is IOException or InvalidOperationException or RpcException)
            {
                // The answer says why.
            }
            await call.ResponseStream.MoveNext(Cancel);
        });
        allowed.ShouldContain(error.StatusCode, error.ToString());
    }

    private async Task ShouldNotOperateAsync(X509Certificate2 certificate, string token)
    {
        using var channel = _attacker.Open(new Uri(_cluster.Url), certificate, token);
        var client = new Operator.OperatorClient(channel);
        (await Should.ThrowAsync<RpcException>(async () => await client.GetStatusAsync(new StatusRequest(), cancellationToken: Cancel))).StatusCode.ShouldBe(StatusCode.PermissionDenied);
        (await Should.ThrowAsync<RpcException>(async () => await client.StopAsync(new StopCommand(), cancellationToken: Cancel))).StatusCode.ShouldBe(StatusCode.PermissionDenied);
        var drain = new DrainCommand { WorkerId = "any" };
        (await Should.ThrowAsync<RpcException>(async () => await client.DrainAsync(drain, cancellationToken: Cancel))).StatusCode.ShouldBe(StatusCode.PermissionDenied);
    }

    /// <summary>One that may join says again what members of the first generation have said.</summary>
    private async Task ReplayAsync(X509Certificate2 certificate, string token)
    {
        using var channel = _attacker.Open(new Uri(_cluster.Url), certificate, token);
        using var call = new WorkerSession.WorkerSessionClient(channel).Open(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(Hello("replayer"), Cancel);
        (await call.ResponseStream.MoveNext(Cancel)).ShouldBeTrue();
        call.ResponseStream.Current.Welcome.ShouldNotBeNull();
        WorkerMessage[] recorded =
        [
            new() { Formed = new Formed { Generation = 1, Step = 0, StateSha256 = new string('0', 64) } },
            new() { StepReport = new StepReport { Generation = 1, Step = 4, Loss = double.NaN, Samples = 12, Phases = new PhaseSeconds() } },
            new() { OrderCompleted = new OrderCompleted { Generation = 1, OrderId = 1, Step = 30, WeightsSha256 = new string('0', 64) } },
            new() { PeerLost = new PeerLost { Generation = 1, Step = 4, During = "reduction", Detail = "none of it is true" } },
            new() { CheckpointReport = new CheckpointReport { Generation = 1, Step = 4, Directory = "/tmp/mine", ManifestSha256 = new string('0', 64) } },
        ];
        foreach (var (message, sequence) in recorded.Select((message, index) => (message, index + 1)))
        {
            message.Sequence = sequence;
            await call.RequestStream.WriteAsync(message, Cancel);
        }

        var store = new RendezvousStore.RendezvousStoreClient(channel);
        var set = new StoreSetRequest { Generation = 0, Key = "0", Value = ByteString.CopyFromUtf8("mine") };
        (await Should.ThrowAsync<RpcException>(async () => await store.SetAsync(set, cancellationToken: Cancel))).StatusCode.ShouldBe(StatusCode.Aborted);
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(Cancel)) { }
    }

    private static WorkerMessage Hello(string id) => new() { Hello = new Hello { WorkerId = id, Host = "10.0.0.1", ProcessId = 1, Device = "cpu" } };
}
