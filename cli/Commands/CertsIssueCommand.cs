using System.CommandLine;
using Inception.Distributed.Hosting;
using Inception.Distributed.Text;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>certs issue</c>: a certificate for one process.</summary>
internal static class CertsIssueCommand
{
    private const int DefaultDays = 7;

    public static Command Create()
    {
        var role = new Argument<string>("ROLE") { Description = $"What its holder may be: {string.Join(", ", Roles.Names)}." };
        var authority = new Option<string>("--ca") { Description = "The CA's directory, made by 'inception certs init'.", HelpName = "DIR", Required = true };
        var output = new Option<string>("--out")
        {
            Description = "Where tls.crt, tls.key and ca.crt are written. What is there is replaced, and running processes take it up.",
            HelpName = "DIR",
            Required = true,
        };
        var host = new Option<string[]>("--host")
        {
            Description = "Of a coordinator: a host name or address by which it is reached; may be repeated.",
            HelpName = "HOST",
            Arity = ArgumentArity.OneOrMore,
            DefaultValueFactory = _ => [],
        };
        var name = new Option<string?>("--name") { Description = "Name of the holder in messages. Default: its first --host, else its role.", HelpName = "NAME" };
        var days = new Option<int?>("--days") { Description = $"How long it is valid: there is no revocation, so not long. Default: {DefaultDays}.", HelpName = "N", CustomParser = Parsers.Count };
        var command = new ExampleCommand("issue", "Issues a short-lived certificate for a coordinator, a worker or an operator.",
            "inception certs issue coordinator --ca ca --out certs/coordinator --host 10.0.0.5 --host train.example.org",
            "inception certs issue worker --ca ca --out certs/worker --days 1",
            "inception certs issue operator --ca ca --out certs/alice --name alice")
        {
            role, authority, output, host, name, days,
        };
        command.SetAction(line =>
        {
            var given = line.GetRequiredValue(role);
            var chosen = Roles.Parse(given)
                ?? throw new UserErrorException("ROLE", $"'{given}' is no role{NearestName.Hint(given, Roles.Names)}; known: {string.Join(", ", Roles.Names)}");
            var hosts = line.GetRequiredValue(host);
            if (hosts.FirstOrDefault(text => Uri.CheckHostName(text) == UriHostNameType.Unknown && !text.StartsWith("*.", StringComparison.Ordinal)) is { } odd)
                throw new UserErrorException("--host", $"'{odd}' is neither a host name nor an address");
            var directory = line.GetRequiredValue(output);
            var lifetime = CertsArguments.Days(line.GetValue(days) ?? DefaultDays);
            var holder = line.GetValue(name) ?? (hosts.Length > 0 ? hosts[0] : chosen.Name());
            CertificateAuthority.Issue(line.GetRequiredValue(authority), chosen, holder, hosts, lifetime, directory, TimeProvider.System);
            foreach (var text in CertificateText.Of(directory)) Console.WriteLine(text);
            return ExitCode.Ok;
        });
        return command;
    }
}
