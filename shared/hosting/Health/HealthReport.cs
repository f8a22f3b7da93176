using System.Globalization;

namespace Inception.Distributed.Hosting;

/// <summary>What a process says of itself.</summary>
/// <param name="State">A word, e.g. <c>starting</c>, <c>working</c> or <c>stuck</c>; documented in docs/operations.md.</param>
/// <param name="IsAlive">False: it will not come to itself again, and should be started anew.</param>
/// <param name="IsReady">It does what it is there for.</param>
/// <param name="Detail">One clause for people.</param>
public sealed record HealthReport(string State, bool IsAlive, bool IsReady, string Detail)
{
    public static HealthReport Starting(string detail) => new("starting", IsAlive: true, IsReady: false, detail);

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}

/// <summary>Answers probes. For any thread, and never later than after a few seconds.</summary>
public interface IHealth
{
    ValueTask<HealthReport> CheckAsync(CancellationToken cancellationToken);
}
