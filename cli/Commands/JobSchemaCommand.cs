using System.CommandLine;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>job schema</c>: for editors.</summary>
internal static class JobSchemaCommand
{
    public static Command Create()
    {
        var command = new ExampleCommand("schema", "Prints the JSON schema of job files, for editors that complete and check YAML.",
            "inception job schema > job.schema.json");
        command.SetAction(_ =>
        {
            Console.Write(JobSchema.ToJson());
            return ExitCode.Ok;
        });
        return command;
    }
}
