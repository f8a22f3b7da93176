using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Inception.Distributed.Hosting;

/// <summary>Collects this process's meters, for <c>/metrics</c> and for OTLP.</summary>
public sealed class Telemetry : IDisposable
{
    private static readonly TimeSpan ExportInterval = TimeSpan.FromSeconds(10);

    private readonly ProcessMetrics _process = new();

    /// <param name="meter">Its name; docs/operations.md lists what it holds.</param>
    /// <param name="service"><c>service.name</c> of OTLP.</param>
    /// <param name="otlp">Where metrics are sent to every 10 s and at the end; null: nowhere.</param>
    public Telemetry(string meter, string service, Uri? otlp)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(service, serviceNamespace: "inception"))
            .AddMeter(meter, ProcessMetrics.MeterName)
            .AddPrometheusExporter(prometheus =>
            {
                // The labels are few and bounded; Prometheus adds the target itself.
                (prometheus.ScopeInfoEnabled, prometheus.TargetInfoEnabled, prometheus.ScrapeResponseCacheDurationMilliseconds) = (false, false, 0);
            });
        if (otlp is not null)
        {
            builder.AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = otlp;
                exporter.Protocol = otlp.Port == 4317 ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                if (exporter.Protocol == OtlpExportProtocol.HttpProtobuf && otlp.AbsolutePath == "/") exporter.Endpoint = new Uri(otlp, "/v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)ExportInterval.TotalMilliseconds;
            });
        }

        Meters = builder.Build();
    }

    internal MeterProvider Meters { get; }

    public void Dispose()
    {
        Meters.Dispose();
        _process.Dispose();
    }
}
