using System.CommandLine;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>drain</c>: takes a worker out of a run, in order.</summary>
internal static class DrainCommand
{
    public static Command Create()
    {
        var worker = new Argument<string>("WORKER") { Description = "The worker's id, as 'inception status' shows it." };
        var coordinator = new CoordinatorArguments();
        var command = new ExampleCommand("drain",
            "Takes a worker out of a run: it finishes the step, hands over, and ends with exit code 143. The run goes on without it.",
            "inception drain node7-4242-9f3a", "inception drain node7-4242-9f3a --coordinator https://10.0.0.5:7400 --certs certs/operator")
        {
            worker,
        };
        coordinator.AddTo(command);
        command.SetAction((line, cancellationToken) => coordinator.AskAsync(line, "drain",
            (client, deadline) => client.DrainAsync(
                new Protocol.DrainCommand { WorkerId = line.GetRequiredValue(worker) }, deadline: deadline, cancellationToken: cancellationToken),
            _ => Console.WriteLine($"{line.GetRequiredValue(worker)} leaves after the step in flight.")));
        return command;
    }
}
