using System.CommandLine;
using Grpc.Core;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>status</c>: what a run is doing now.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var coordinator = new Option<Uri?>("--coordinator")
        {
            Description = "Address of the run's coordinator.",
            HelpName = "URL",
            CustomParser = Parsers.Address,
        };
        var output = new Option<string?>("--output")
        {
            Description = "The run's directory. Default: the newest running one under runs/.",
            HelpName = "DIR",
        };
        var command = new ExampleCommand("status", "Shows what a run is doing.",
            "inception status", "inception status --output runs/fashion-mnist", "inception status --coordinator http://10.0.0.5:7000")
        {
            coordinator,
            output,
        };
        command.SetAction(async (line, cancellationToken) =>
        {
            var address = line.GetValue(coordinator) ?? Find(line.GetValue(output));
            using var client = new CoordinatorClient(address);
            try
            {
                var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + Patience;
                var status = await client.Operator.GetStatusAsync(new StatusRequest(), deadline: deadline, cancellationToken: cancellationToken);
                foreach (var text in StatusReport.Of(status)) Console.WriteLine(text);
                return ExitCode.Ok;
            }
            catch (RpcException e)
            {
                await Console.Error.WriteLineAsync($"error: the coordinator at {address} does not answer ({e.StatusCode})");
                return ExitCode.Failed;
            }
        });
        return command;
    }

    private static Uri Find(string? output)
    {
        if (output is not null)
        {
            return CoordinatorFile.TryRead(output)?.Url
                ?? throw new UserErrorException("--output", $"no coordinator is running there: {Path.Combine(output, CoordinatorFile.Name)} is missing");
        }
        return RunDirectory.NewestRunning() is { } directory && CoordinatorFile.TryRead(directory) is { } file
            ? file.Url
            : throw new UserErrorException("status",
                $"no coordinator is running under {Path.GetFullPath(RunDirectory.Root)}; name one with --coordinator or --output");
    }
}
