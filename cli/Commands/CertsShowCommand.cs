using System.CommandLine;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>certs show</c>: whose a certificate is, and until when.</summary>
internal static class CertsShowCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "A directory with tls.crt, or a CA's." };
        var command = new ExampleCommand("show", "Says whose a certificate is, by whom, and until when.", "inception certs show certs/worker", "inception certs show ca")
        {
            directory,
        };
        command.SetAction(line =>
        {
            foreach (var text in CertificateText.Of(line.GetRequiredValue(directory))) Console.WriteLine(text);
            return ExitCode.Ok;
        });
        return command;
    }
}
