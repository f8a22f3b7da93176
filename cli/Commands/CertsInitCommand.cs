using System.CommandLine;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>certs init</c>: a private CA.</summary>
internal static class CertsInitCommand
{
    private const int DefaultDays = 3650;

    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "Where the CA is kept: ca.crt, and ca.key, which belongs on no host that trains." };
        var days = new Option<int?>("--days") { Description = $"How long it is valid. Default: {DefaultDays}.", HelpName = "N", CustomParser = Parsers.Count };
        var name = new Option<string>("--name") { Description = "The CA's name in messages.", HelpName = "NAME", DefaultValueFactory = _ => "inception CA" };
        var command = new ExampleCommand("init", "Makes a private CA, which every process of yours will trust, and nothing else.",
            "inception certs init ca", "inception certs init ca --name 'inception production' --days 365")
        {
            directory, days, name,
        };
        command.SetAction(line =>
        {
            var path = line.GetRequiredValue(directory);
            CertificateAuthority.Create(path, line.GetRequiredValue(name), CertsArguments.Days(line.GetValue(days) ?? DefaultDays), TimeProvider.System);
            Console.WriteLine($"The CA is in {path}. Keep ca.key away from the hosts that train. Next: inception certs issue coordinator --ca {path} --out certs/coordinator --host ADDRESS");
            return ExitCode.Ok;
        });
        return command;
    }
}
