using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Inception.Distributed.Hosting;

/// <summary>One line a message: local time, level where it is not plain information, text.</summary>
public sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    private const string FormatterName = "line";

    /// <summary>Logs to the console in this format; the framework's own chatter only from warnings up.</summary>
    public static void AddTo(ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // What fails while a host starts is thrown, and told without a stack trace where it is the user's mistake.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddFilter("Grpc", LogLevel.Warning);
        logging.AddConsole(console => console.FormatterName = FormatterName);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
    }

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var level = logEntry.LogLevel == LogLevel.Information ? "" : $"{logEntry.LogLevel.ToString().ToLowerInvariant()}: ";
        textWriter.Write(FormattableString.Invariant($"{time.GetLocalNow():HH:mm:ss} {level}"));
        textWriter.WriteLine(logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } error) textWriter.WriteLine(error);
    }
}
