using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Inception.Distributed.Hosting;

public enum LogFormat
{
    /// <summary>Lines for people, see <see cref="LineFormatter"/>.</summary>
    Text,

    /// <summary>A JSON object a line: Timestamp (UTC), EventId, LogLevel, Category, Message, and in State each value of the message by name.</summary>
    Json,
}

/// <summary>The log of a host, on the console.</summary>
public static class ConsoleLog
{
    /// <summary>The framework's own chatter only from warnings up.</summary>
    public static void AddTo(ILoggingBuilder logging, LogFormat format)
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // What fails while a host starts is thrown, and told without a stack trace where it is the user's mistake.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddFilter("Grpc", LogLevel.Warning);
        // A stack trace for every message that can't be parsed, so anybody could fill the log; faults of handlers are logged where they are.
        logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.None);
        if (format == LogFormat.Json)
        {
            logging.AddJsonConsole(json => (json.TimestampFormat, json.UseUtcTimestamp) = ("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", true));
            return;
        }

        logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
    }
}
