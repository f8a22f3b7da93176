using System.CommandLine;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Hosting;
using Inception.Distributed.Worker;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>worker</c>: one device's worth of work for a coordinator.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var coordinator = new Option<Uri?>("--coordinator")
        {
            Description = "Address of the coordinator.",
            HelpName = "URL",
            Required = true,
            CustomParser = Parsers.Address,
        };
        var device = new Option<string>("--device") { Description = "cpu, or cuda:N for the N-th GPU.", HelpName = "DEVICE", DefaultValueFactory = _ => "cpu" };
        var address = new Option<string?>("--address")
        {
            Description = "Address of this host at which the other workers reach it. Default: the one that the coordinator is reached from.",
            HelpName = "LOCALADDR",
        };
        var wait = new Option<int?>("--connect-timeout")
        {
            Description = "Seconds to look for a coordinator that does not answer. Default: 60.",
            HelpName = "N",
            CustomParser = Parsers.Count,
        };
        var grace = new Option<int?>("--grace")
        {
            Description = "Seconds that leaving may take after Ctrl-C or SIGTERM before the worker just ends. Default: 25.",
            HelpName = "N",
            CustomParser = Parsers.Count,
        };
        var command = new ExampleCommand("worker", "Joins a coordinator and trains until the run ends. One process drives one device.",
            "inception worker --coordinator http://10.0.0.5:7000",
            "inception worker --coordinator http://10.0.0.5:7000 --device cuda:1 --address 10.0.0.6")
        {
            coordinator, device, address, wait, grace,
        };
        command.SetAction(async (line, _) =>
        {
            using var signals = new StopSignals();
            var options = new WorkerOptions
            {
                Coordinator = line.GetRequiredValue(coordinator)!,
                Device = line.GetRequiredValue(device),
                Address = line.GetValue(address),
                Leave = signals.Stop,
            };
            if (line.GetValue(wait) is { } seconds) options = options with { ConnectTimeout = TimeSpan.FromSeconds(seconds) };
            if (line.GetValue(grace) is { } most) options = options with { Grace = TimeSpan.FromSeconds(most) };
            return await WorkerHost.RunAsync(options);
        });
        return command;
    }
}
