namespace Inception.Distributed.Hosting;

/// <summary>What a coordinator and a worker are told alike of the host that they run on. Nothing of it belongs to the job.</summary>
public sealed record HostSettings
{
    /// <summary>IP address and port of <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>; null: there are none.</summary>
    public string? HealthListen { get; init; }

    /// <summary>Where metrics are sent by OTLP; null: nowhere.</summary>
    public Uri? Otlp { get; init; }

    public SecuritySettings Security { get; init; } = new();

    public LogFormat LogFormat { get; init; }

    /// <summary>Null: the process has neither a health address nor a receiver of metrics.</summary>
    /// <param name="meter">Its name.</param>
    public Telemetry? OpenTelemetry(string meter, string service) =>
        HealthListen is null && Otlp is null ? null : new Telemetry(meter, $"inception-{service}", Otlp);
}
