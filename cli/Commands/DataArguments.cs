using System.CommandLine;
using Inception.Distributed.Cli.DataTools;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Cli.Commands;

/// <summary>What the commands on datasets have in common.</summary>
internal sealed class DataArguments
{
    public Argument<string> Spec { get; } = new("SPEC") { Description = DataSource.Description };

    public Option<string[]> Set { get; } = new JobArguments().Set;

    public Option<int?> Threads { get; } = new("--threads") { Description = "Threads. Default: as many as there are cores.", HelpName = "N", CustomParser = Parsers.Count };

    public Option<bool> Json { get; } = new("--json") { Description = "Prints JSON." };

    public void AddTo(Command command)
    {
        command.Add(Spec);
        foreach (var option in new Option[] { Set, Threads, Json }) command.Add(option);
    }

    public IReadOnlyList<DataSource> Open(ParseResult line) =>
        DataSource.Open(line.GetRequiredValue(Spec), line.GetRequiredValue(Set), Console.Error.WriteLine);

    /// <summary>Runs what Ctrl-C may end before it is done.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Run(Func<CancellationToken, int> action)
    {
        using var signals = new StopSignals();
        try
        {
            return action(signals.Stop);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped before the end");
            return ExitCode.Stopped;
        }
    }

    public int ThreadsOf(ParseResult line) => line.GetValue(Threads) switch
    {
        null => Environment.ProcessorCount,
        > 0 and var count => count,
        var count => throw new UserErrorException("--threads", $"{count} threads do no work; at least 1"),
    };
}
