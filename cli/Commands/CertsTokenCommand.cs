using System.CommandLine;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>certs token</c>: a join token.</summary>
internal static class CertsTokenCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Where it is written, readable by you alone." };
        var command = new ExampleCommand("token", "Makes a join token of 256 random bits, which workers must show beside their certificates (--token-file).",
            "inception certs token certs/token")
        {
            file,
        };
        command.SetAction(line =>
        {
            CertificateAuthority.WriteToken(line.GetRequiredValue(file));
            Console.WriteLine($"The join token is in {line.GetRequiredValue(file)}. Copy the file to the coordinator and to each worker, and give it to both with --token-file.");
            return ExitCode.Ok;
        });
        return command;
    }
}
