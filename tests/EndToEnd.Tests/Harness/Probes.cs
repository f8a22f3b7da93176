using System.Globalization;
using System.Net;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>What a process answers at its health address.</summary>
public sealed class Probes(string address) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://{address}"), Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Null: it does not answer.</summary>
    public async Task<(HttpStatusCode Code, string Text)?> AskAsync(string path)
    {
        try
        {
            using var answer = await _client.GetAsync(path, TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Waits until the path answers with the code.</summary>
    public async Task<string> UntilAsync(string path, HttpStatusCode code)
    {
        (HttpStatusCode Code, string Text)? last = null;
        await Waiting.UntilAsync(async () => (last = await AskAsync(path))?.Code == code, $"{path} answers {code}");
        return last!.Value.Text;
    }

    public async Task<string> MetricsAsync() => (await AskAsync("/metrics"))!.Value.Text;

    /// <summary>A sample's value in the text format, e.g. of <c>inception_steps_total</c> or <c>inception_phase_time_seconds_total{phase="data"}</c>.</summary>
    public static double Value(string metrics, string sample)
    {
        var start = sample.EndsWith('}') ? sample + " " : sample + "{} ";
        var line = metrics.Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal));
        return double.Parse(line[start.Length..], CultureInfo.InvariantCulture);
    }

    public void Dispose() => _client.Dispose();
}
