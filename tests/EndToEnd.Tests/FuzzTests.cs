using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Inception.Distributed.EndToEnd.Tests.Harness;
using Inception.Distributed.Protocol;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>Nonsense on every open port, by the thousand: the run goes on to its bits, memory stays bounded, and the log is not filled.</summary>
public sealed class FuzzTests : IDisposable
{
    private const long MostResidentBytes = 600L << 20;
    private const int MostLogLines = 120;

    private readonly UndisturbedRun _undisturbed;
    private readonly Workspace _workspace = new();
    private readonly Cluster _cluster;
    private readonly string _health = $"127.0.0.1:{Cluster.FreePort()}";
    private readonly string _workersHealth = $"127.0.0.1:{Cluster.FreePort()}";
    private readonly List<Socket> _sockets = [];
    private KeyedRandom _random = KeyedRandom.From(Purpose.Order, Keyed.HashText("fuzz"));

    public FuzzTests(UndisturbedRun undisturbed)
    {
        _undisturbed = undisturbed;
        // Long enough that it is under way throughout, and that a busy machine does not count for a loss.
        _cluster = new Cluster(_workspace, "workers.timeout=30") { WithToken = true };
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
        _cluster.Dispose();
        _workspace.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Hundreds_of_frames_and_a_thousand_idle_connections() => FuzzAsync(frames: 600, idle: 1_000);

    [Fact, Trait("Category", "Long")]
    public Task Ten_thousand_frames_and_five_thousand_idle_connections() => FuzzAsync(frames: 10_000, idle: 5_000);

    private async Task FuzzAsync(int frames, int idle)
    {
        _cluster.StartCoordinator(workers: 2, more: ["--health-listen", _health]);
        var worker = _cluster.StartWorker(more: ["--health-listen", _workersHealth]);
        await _cluster.UntilAsync(status => status.Workers.Count == 1, "one worker is there");

        var grpc = new Uri(_cluster.Url);
        for (var k = 0; k < idle; k++) Open(grpc.Port);
        for (var k = 0; k < 50; k++) DripPreface(Open(grpc.Port));
        using (var client = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(20) })
        {
            for (var k = 0; k < frames; k++) await SendFrameAsync(client, grpc, k);
            await SendHugeFrameAsync(client, grpc);
        }
        foreach (var port in Ports().Concat(ListeningPorts(worker.Id)).Distinct())
            for (var k = 0; k < frames / 20; k++) SendNoise(port);

        _cluster.StartWorker();
        await _cluster.UntilStepAsync(3);
        foreach (var port in Ports()) SendNoise(port);
        await _cluster.FinishAsync();
        _undisturbed.ShouldBeReachedBy(_workspace.Run("run"));
        _peak.ShouldBeLessThan(MostResidentBytes);
        var log = (await _cluster.Coordinator.WaitAsync()).Output.Split('\n');
        log.Length.ShouldBeLessThan(MostLogLines, string.Join('\n', log.Take(MostLogLines)));
    }

    private long _peak;

    private int[] Ports() => [new Uri(_cluster.Url).Port, Port(_health), Port(_workersHealth)];

    private static int Port(string address) => int.Parse(address.Split(':')[1], CultureInfo.InvariantCulture);

    private static IEnumerable<int> ListeningPorts(int processId)
    {
        using var ss = Process.Start(new ProcessStartInfo("ss", ["-Htlnp"]) { RedirectStandardOutput = true })!;
        return [.. ss.StandardOutput.ReadToEnd().Split('\n').Where(line => line.Contains($"pid={processId},", StringComparison.Ordinal))
            .Select(line => Port("x:" + line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].Split(':')[^1]))];
    }

    private Socket Open(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        _sockets.Add(socket);
        return socket;
    }

    private static void DripPreface(Socket socket) => Ignore(() => socket.Send("PRI * HTTP/2.0\r\n"u8[..5]));

    private void SendNoise(int port) => Ignore(() =>
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        var noise = Bytes(1 + Below(4096));
        // Half of it as HTTP/2 frames after the preface, so that it comes further than the first line.
        if (Below(2) == 0) socket.Send([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. noise]);
        else socket.Send(noise);
    });

    // Valid messages with some bytes changed, cut or added, with and without the token, to each method but those that are meant to end things.
    private async Task SendFrameAsync(HttpClient client, Uri server, int number)
    {
        var (method, message) = Seeds[number % Seeds.Length];
        var body = Mutate(message.ToByteArray());
        var frame = new byte[5 + body.Length];
        if (Below(10) == 0) frame[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), Below(5) == 0 ? (uint)Below(1 << 20) : (uint)body.Length);
        body.CopyTo(frame, 5);
        await SendAsync(client, server, method, frame, withToken: method.Contains("Store", StringComparison.Ordinal));
        if (number % 100 == 0)
        {
            using var process = Process.GetProcessById(_cluster.Coordinator.Id);
            _peak = Math.Max(_peak, process.WorkingSet64);
        }
    }

    private Task SendHugeFrameAsync(HttpClient client, Uri server)
    {
        byte[] frame = [0, 0x40, 0, 0, 0, 1, 2, 3]; // 1 GiB is announced.
        return SendAsync(client, server, "/inception.v1.RendezvousStore/Set", frame, withToken: true);
    }

    private async Task SendAsync(HttpClient client, Uri server, string method, byte[] frame, bool withToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new("application/grpc") } },
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (withToken) request.Headers.Authorization = new("Bearer", _cluster.Token);
        try
        {
            using var answer = await client.SendAsync(request, Cancel);
            await answer.Content.ReadAsByteArrayAsync(Cancel);
        }
        catch (Exception refused) when (refused is HttpRequestException or IOException)
        {
            // Whatever it answers, or does not.
        }
    }

    private static (string Method, IMessage Message)[] Seeds { get; } =
    [
        ("/inception.v1.WorkerSession/Open", new WorkerMessage { Hello = new Hello { WorkerId = "stranger", Host = "10.0.0.9", Device = "cpu", ProcessId = 7 } }),
        ("/inception.v1.WorkerSession/Open", new WorkerMessage { OrderCompleted = new OrderCompleted { Generation = 1, OrderId = 1, Step = 30 }, Sequence = 1 }),
        ("/inception.v1.RendezvousStore/Set", new StoreSetRequest { Generation = 1, Key = "key", Value = ByteString.CopyFrom(new byte[100]) }),
        ("/inception.v1.RendezvousStore/Add", new StoreAddRequest { Generation = 1, Key = "key", Amount = long.MaxValue }),
        ("/inception.v1.RendezvousStore/CompareSet", new StoreCompareSetRequest { Generation = -1, Key = "key" }),
        ("/inception.v1.RendezvousStore/Count", new StoreKeysRequest { Generation = 1, Keys = { "a", "b" } }),
        ("/inception.v1.Operator/GetStatus", new StatusRequest()),
        ("/inception.v1.Operator/Drain", new DrainCommand { WorkerId = "nobody", Reason = "none" }),
        ("/inception.v1.Nothing/AtAll", new StatusRequest()),
    ];

    private byte[] Mutate(byte[] message)
    {
        var changed = message.ToList();
        for (var times = 1 + Below(4); times > 0; times--)
        {
            var at = Below(changed.Count + 1);
            if (Below(3) == 0 || at >= changed.Count) changed.InsertRange(Math.Min(at, changed.Count), Bytes(1 + Below(16)));
            else if (Below(2) == 0) changed[at] = (byte)Below(256);
            else changed.RemoveAt(at);
        }
        return [.. changed];
    }

    private byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)Below(256))];

    private int Below(int limit) => (int)(_random.NextDouble() * limit);

    private static void Ignore(Action send)
    {
        try
        {
            send();
        }
        catch (SocketException)
        {
            // The other side has had enough of it.
        }
    }
}
