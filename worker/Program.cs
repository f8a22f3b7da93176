using System.CommandLine;
using Inception.Distributed;
using Inception.Distributed.Hosting;
using Inception.Distributed.Worker;

var coordinator = new Option<Uri?>("--coordinator")
{
    Required = true,
    Description = "URL of the coordinator, e.g. https://10.0.0.5:7400.",
    CustomParser = result =>
    {
        var given = result.Tokens[0].Value;
        if (Uri.TryCreate(given, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
        result.AddError($"--coordinator: '{given}' is no URL such as https://10.0.0.5:7400");
        return null;
    },
};
var device = new Option<string>("--device") { Description = "cpu, or cuda:N for the N-th GPU.", DefaultValueFactory = _ => "cpu" };
var address = new Option<string?>("--address") { Description = "Local address for the other workers' connections; default: the one that the coordinator is reached from." };
var network = new Option<string?>("--interface") { Description = "Instead of --address: the network interface for the other workers' connections." };
var host = new HostArguments();
var root = new RootCommand("Trains for a coordinator of Inception.Distributed, on one device.") { coordinator, device, address, network };
host.AddTo(root);

root.SetAction(async (arguments, _) =>
{
    using var signals = new StopSignals();
    try
    {
        return await WorkerHost.RunAsync(new WorkerOptions
        {
            Coordinator = arguments.GetRequiredValue(coordinator)!,
            Device = arguments.GetRequiredValue(device),
            Address = arguments.GetValue(network) is { } name ? LocalInterface.AddressOf(name, "--interface").ToString() : arguments.GetValue(address),
            Leave = signals.Stop,
            Host = host.Read(arguments),
        });
    }
    catch (UserErrorException error)
    {
        await Console.Error.WriteLineAsync(error.Message);
        return 2;
    }
});
return await root.Parse(args).InvokeAsync();
