using System.Text.Json;
using Grpc.Net.Client;
using Inception.Distributed.Coordinator.Tests.Sessions;
using Inception.Distributed.Hosting;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Hosting;

/// <summary>A coordinator in this process, listening on a port of its own, with its output in a directory.</summary>
internal sealed class TestRun : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly CancellationTokenSource _handOver = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TestRun(string output) => Output = output;

    public string Output { get; }

    public Uri Url => _listening.Task.Result;

    public Task<int> ExitCode { get; private set; } = Task.FromResult(-1);

    public static async Task<TestRun> StartAsync(string output, int workers = 1, bool resume = false, JobSpec? job = null, string listen = "127.0.0.1:0", bool stay = false, bool insecure = false)
    {
        var run = new TestRun(output);
        var options = new CoordinatorOptions
        {
            Job = job ?? TestJobs.Small,
            Output = output,
            Listen = listen,
            ExpectedWorkers = workers,
            Resume = resume,
            Stay = stay,
            Host = new HostSettings { Security = new SecuritySettings { Insecure = insecure } },
        };
        run.ExitCode = CoordinatorHost.RunAsync(options, run._listening.SetResult, run._stop.Token, run._handOver.Token);
        await Task.WhenAny(run._listening.Task, run.ExitCode);
        if (run.ExitCode.IsFaulted) await run.ExitCode;
        return run;
    }

    public Task<FakeWorker> ConnectAsync(string id, Standing? standing = null) => FakeWorker.ConnectAsync(Url, id, standing);

    public void Stop() => _stop.Cancel();

    /// <summary>As SIGTERM does.</summary>
    public void HandOver() => _handOver.Cancel();

    /// <summary>An operator declares the run to have failed.</summary>
    public async Task FailAsync(string reason)
    {
        using var channel = GrpcChannel.ForAddress(Url);
        await new Operator.OperatorClient(channel).StopAsync(
            new StopCommand { Reason = reason, AsFailure = true }, cancellationToken: TestContext.Current.CancellationToken);
    }

    public JsonElement Result => JsonDocument.Parse(File.ReadAllText(Path.Combine(Output, "result.json"))).RootElement;

    public List<JsonElement> Lines(string file) => Lines(Output, file);

    public static List<JsonElement> Lines(string output, string file) =>
        [.. File.ReadAllLines(Path.Combine(output, file)).Select(line => JsonDocument.Parse(line).RootElement)];

    public void Dispose()
    {
        _stop.Dispose();
        _handOver.Dispose();
    }
}
