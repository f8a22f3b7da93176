using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Inception.Distributed.EndToEnd.Tests.Harness;

namespace Inception.Distributed.EndToEnd.Tests;

/// <summary>What a run tells those who watch over it: probes, Prometheus, OTLP, logs in JSON.</summary>
public sealed class ObservabilityTests : IDisposable
{
    private const int Terminate = 15, Continue = 18, Stop = 19;

    private readonly Workspace _workspace = new();
    private readonly Cluster _cluster;
    private readonly string _coordinator = $"127.0.0.1:{Cluster.FreePort()}";
    private readonly string _worker = $"127.0.0.1:{Cluster.FreePort()}";

    public ObservabilityTests() => _cluster = new Cluster(_workspace);

    public void Dispose()
    {
        _cluster.Dispose();
        _workspace.Dispose();
    }

    [Fact]
    public async Task Probes_flip_as_documented_and_the_metrics_agree_with_the_log()
    {
        using var collector = new HttpListener();
        var otlp = $"http://127.0.0.1:{Cluster.FreePort()}/";
        collector.Prefixes.Add(otlp);
        collector.Start();
        var exported = ReceiveAsync(collector);
        using var prometheus = new PrometheusServer(_workspace, _coordinator, _worker);
        using var coordinator = new Probes(_coordinator);
        using var worker = new Probes(_worker);

        _cluster.StartCoordinator(1, more: ["--stay", "--health-listen", _coordinator, "--log-format", "json", "--otlp", otlp]);
        (await coordinator.UntilAsync("/readyz", HttpStatusCode.OK)).ShouldBe("waiting: waiting for 1 worker, 0 of 1 ready\n");
        var process = _cluster.StartWorker(more: ["--health-listen", _worker]);
        (await worker.UntilAsync("/readyz", HttpStatusCode.ServiceUnavailable)).ShouldStartWith("starting: ");
        (await worker.AskAsync("/healthz"))!.Value.Code.ShouldBe(HttpStatusCode.OK, "it starts, and is not stuck");
        await worker.UntilAsync("/readyz", HttpStatusCode.OK);

        await _cluster.UntilStepAsync(3);
        process.Signal(Stop);
        await Processes.WaitUntilStoppedAsync(process.Id);
        (await worker.AskAsync("/healthz")).ShouldBeNull("a stopped process does not answer");
        process.Signal(Continue);
        (await worker.UntilAsync("/healthz", HttpStatusCode.OK)).ShouldContain(", for 0");
        await prometheus.UntilAsync("inception_worker_steps_total", 5);
        var ofWorker = await worker.MetricsAsync();
        PrometheusServer.Check(ofWorker);

        await _cluster.UntilAsync(status => status.State == "finished", "the run is finished");
        (await coordinator.AskAsync("/readyz")).ShouldBe((HttpStatusCode.OK, "finished: step 30 of 30\n"));
        var metrics = await coordinator.MetricsAsync();
        PrometheusServer.Check(metrics);
        ShouldAgree(metrics, [.. File.ReadLines(_workspace.PathOf("run/log.jsonl")).Select(line => JsonNode.Parse(line)!)]);
        var page = await File.ReadAllTextAsync(Path.Combine(Workspace.Repository, "docs", "operations.md"), TestContext.Current.CancellationToken);
        foreach (var name in Names(metrics + ofWorker)) page.ShouldContain($"`{name}`");
        await prometheus.UntilAsync("inception_steps_total", 30);

        _cluster.Coordinator.Signal(Terminate);
        var outcome = await _cluster.Coordinator.WaitAsync();
        outcome.ExitCode.ShouldBe(0, "told to go after the end, it tells how the run ended");
        foreach (var line in outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)) JsonNode.Parse(line)!["Message"]!.GetValue<string>().ShouldNotBeEmpty();
        var (path, body) = await exported;
        path.ShouldBe("/v1/metrics");
        body.ShouldContain("inception.steps");
    }

    private static void ShouldAgree(string metrics, List<JsonNode> log)
    {
        Probes.Value(metrics, "inception_steps_total").ShouldBe(log.Count);
        Probes.Value(metrics, "inception_samples_total").ShouldBe(12 * log.Count);
        Probes.Value(metrics, "inception_loss").ShouldBe(log[^1]["loss"]!.GetValue<double>());
        Probes.Value(metrics, "inception_learning_rate").ShouldBe(log[^1]["learningRate"]!.GetValue<double>());
        Probes.Value(metrics, "inception_skipped_steps_total").ShouldBe(log.Count(line => line["skipped"] is not null));
        Probes.Value(metrics, "inception_corrupt_samples_total").ShouldBe(log.Sum(line => line["corrupt"]?.GetValue<int>() ?? 0));
        Probes.Value(metrics, "inception_checkpoints_total").ShouldBe(3);
        Probes.Value(metrics, "inception_generations_total").ShouldBe(1);
        Probes.Value(metrics, "inception_workers{state=\"training\"}").ShouldBe(0, "the run is over");
        Probes.Value(metrics, "inception_run_state{state=\"finished\"}").ShouldBe(1);
        foreach (var phase in new[] { "data", "forward", "backward", "reduction", "update" })
        {
            Probes.Value(metrics, $"inception_phase_time_seconds_total{{phase=\"{phase}\"}}")
                .ShouldBe(log.Sum(line => line["seconds"]![phase]!.GetValue<double>()), 1e-9);
        }
    }

    private static IEnumerable<string> Names(string metrics) => metrics.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
        .Select(line => line.Split(' ')[2]).Where(name => name.StartsWith("inception_", StringComparison.Ordinal));

    private static async Task<(string Path, string Body)> ReceiveAsync(HttpListener collector)
    {
        var context = await collector.GetContextAsync();
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body, TestContext.Current.CancellationToken);
        context.Response.Close();
        return (context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray()));
    }

    /// <summary>Debian's Prometheus, scraping a few times a second.</summary>
    private sealed class PrometheusServer : IDisposable
    {
        private readonly Process _process;
        private readonly HttpClient _client;

        public PrometheusServer(Workspace workspace, params string[] targets)
        {
            var address = $"127.0.0.1:{Cluster.FreePort()}";
            var config = $$"""
                global: { scrape_interval: 200ms, scrape_timeout: 200ms }
                scrape_configs:
                  - { job_name: inception, static_configs: [ { targets: [{{string.Join(", ", targets.Select(target => $"'{target}'"))}}] } ] }
                """;
            _process = Process.Start(new ProcessStartInfo("prometheus", [
                "--config.file", workspace.PathOf(workspace.Write("prometheus.yml", config)), "--storage.tsdb.path", workspace.PathOf("tsdb"),
                "--web.listen-address", address, "--log.level", "error",
            ]))!;
            _client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        }

        public static void Check(string metrics)
        {
            using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
            promtool.StandardInput.Write(metrics);
            promtool.StandardInput.Close();
            promtool.StandardError.ReadToEnd().ShouldBeEmpty();
            promtool.WaitForExit();
            promtool.ExitCode.ShouldBe(0);
        }

        /// <summary>Until it has scraped a sample of at least this value.</summary>
        public Task UntilAsync(string metric, double atLeast) => Waiting.UntilAsync(async () =>
        {
            try
            {
                var answer = JsonNode.Parse(await _client.GetStringAsync($"/api/v1/query?query={metric}", TestContext.Current.CancellationToken))!;
                var value = (string?)answer["data"]!["result"]!.AsArray().FirstOrDefault()?["value"]![1];
                return value is not null && double.Parse(value, CultureInfo.InvariantCulture) >= atLeast;
            }
            catch (HttpRequestException)
            {
                return false; // It starts.
            }
        }, $"Prometheus has {metric} ≥ {atLeast}");

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _client.Dispose();
        }
    }
}
