using System.CommandLine;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Hosting;
using Inception.Distributed.Worker;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>worker</c>: one device's worth of work for a coordinator, or a process for each of several devices.</summary>
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
        var devices = new Option<string?>("--devices")
        {
            Description = "Starts a worker for each of several devices: all (GPUs of this host), a number of them, or a list such as cuda:0,cuda:2. "
                + "Signals reach each; one that fails takes the others along, in order, so that whoever started them can start all again.",
            HelpName = "LIST",
        };
        var address = new Option<string?>("--address")
        {
            Description = "Address of this host at which the other workers reach it. Default: the one that the coordinator is reached from.",
            HelpName = "LOCALADDR",
        };
        var network = new Option<string?>("--interface")
        {
            Description = "Instead of --address: the network interface for the gradients, e.g. eth1; nothing of them is listened for on another one.",
            HelpName = "NAME",
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
        var stuck = new Option<int?>("--stuck-after")
        {
            Description = "Seconds without progress of the training thread after which /healthz says that it is stuck; more than 6 times the job's workers.timeout. Default: 300.",
            HelpName = "N",
            CustomParser = Parsers.Count,
        };
        var host = new HostArguments();
        var command = new ExampleCommand("worker", "Joins a coordinator and trains until the run ends. One process drives one device.",
            "inception worker --coordinator https://10.0.0.5:7400 --certs certs/worker --devices all",
            "inception worker --coordinator http://127.0.0.1:7400",
            "inception worker --coordinator https://10.0.0.5:7400 --certs certs/worker --device cuda:1 --interface eth1")
        {
            coordinator, device, devices, address, network, wait, grace,
        };
        host.AddTo(command);
        command.Add(stuck);
        command.SetAction(async (line, _) =>
        {
            if (line.GetValue(devices) is { } list)
            {
                if (line.GetResult(device) is { Implicit: false }) throw new UserErrorException("--devices", "says which devices; leave --device out");
                return await DeviceWorkers.RunAsync(DeviceList.Parse(list, () => TorchSharp.torch.cuda.device_count()), ForOne(line, devices, device, host), Console.WriteLine);
            }
            using var signals = new StopSignals();
            var options = new WorkerOptions
            {
                Coordinator = line.GetRequiredValue(coordinator)!,
                Device = line.GetRequiredValue(device),
                Address = AddressFor(line.GetValue(address), line.GetValue(network)),
                Leave = signals.Stop,
                Host = host.Read(line),
            };
            if (line.GetValue(wait) is { } seconds) options = options with { ConnectTimeout = TimeSpan.FromSeconds(seconds) };
            if (line.GetValue(stuck) is { } patience) options = options with { StuckAfter = TimeSpan.FromSeconds(patience) };
            if (line.GetValue(grace) is { } most) options = options with { Grace = TimeSpan.FromSeconds(most) };
            return await WorkerHost.RunAsync(options);
        });
        return command;
    }

    private static string? AddressFor(string? address, string? network) => (address, network) switch
    {
        (_, null) => address,
        (null, _) => LocalInterface.AddressOf(network, "--interface").ToString(),
        _ => throw new UserErrorException("--interface", "says which address; leave --address out"),
    };

    /// <summary>The command line of one device's worker: this one's, whatever its options, with a health port of its own.</summary>
    private static Func<string, int, IEnumerable<string>> ForOne(ParseResult line, Option devices, Option device, HostArguments host)
    {
        List<string> tokens = [.. line.Tokens.Select(token => token.Value)];
        var at = tokens.IndexOf(devices.Name);
        tokens.RemoveRange(at, 2);
        return (each, place) => [.. host.ForChild(tokens, line, place), device.Name, each];
    }
}
