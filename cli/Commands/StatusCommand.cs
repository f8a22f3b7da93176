using System.CommandLine;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>status</c>: what a run is doing now.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var coordinator = new CoordinatorArguments();
        var command = new ExampleCommand("status", "Shows what a run is doing.",
            "inception status", "inception status --output runs/fashion-mnist", "inception status --coordinator https://10.0.0.5:7400 --certs certs/operator");
        coordinator.AddTo(command);
        command.SetAction((line, cancellationToken) => coordinator.AskAsync(line, "status",
            (client, deadline) => client.GetStatusAsync(new StatusRequest(), deadline: deadline, cancellationToken: cancellationToken),
            status =>
            {
                foreach (var text in StatusReport.Of(status)) Console.WriteLine(text);
            }));
        return command;
    }
}
