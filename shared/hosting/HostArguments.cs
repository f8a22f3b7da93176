using System.CommandLine;
using System.Net;

namespace Inception.Distributed.Hosting;

/// <summary>The options that a coordinator's and a worker's command line have in common.</summary>
public sealed class HostArguments
{
    private readonly SecurityArguments _security = new(withToken: true);

    private readonly Option<string?> _health = new("--health-listen")
    {
        Description = "Serves /healthz, /readyz and /metrics (Prometheus) over plain HTTP there, HOST:PORT; of several devices' workers, each on the next port. Default: not at all.",
        HelpName = "ADDR",
    };

    private readonly Option<string?> _otlp = new("--otlp")
    {
        Description = "Sends metrics by OTLP to this collector every 10 s: gRPC to port 4317, HTTP else. Default: not at all.",
        HelpName = "URL",
    };

    private readonly Option<string?> _logFormat = new("--log-format")
    {
        Description = "text: lines for people; json: a JSON object a line. Default: text.",
        HelpName = "text|json",
    };

    public void AddTo(Command command)
    {
        _security.AddTo(command);
        command.Add(_health);
        command.Add(_otlp);
        command.Add(_logFormat);
    }

    /// <exception cref="UserErrorException">A value is none that is known.</exception>
    public HostSettings Read(ParseResult line) => new()
    {
        Security = _security.Read(line),
        HealthListen = line.GetValue(_health),
        Otlp = line.GetValue(_otlp) is { } url ? Url(url) : null,
        LogFormat = line.GetValue(_logFormat) switch
        {
            null or "text" => LogFormat.Text,
            "json" => LogFormat.Json,
            var other => throw new UserErrorException(_logFormat.Name, $"'{other}' is no format of the log; known: text, json"),
        },
    };

    /// <summary>The arguments of one of several processes that a command line stands for: the health ports follow each other.</summary>
    /// <param name="place">From 0.</param>
    public IEnumerable<string> ForChild(IReadOnlyList<string> tokens, ParseResult line, int place)
    {
        if (line.GetValue(_health) is not { } listen || ListenAddress.Parse(listen, _health.Name) is not { Port: > 0 } endPoint) return tokens;
        var own = new IPEndPoint(endPoint.Address, endPoint.Port + place).ToString();
        return tokens.Select((token, index) => index > 0 && tokens[index - 1] == _health.Name ? own : token);
    }

    private Uri Url(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? url
        : throw new UserErrorException(_otlp.Name, $"'{text}' is no URL of a collector; e.g. http://otel-collector:4318");
}
