using System.CommandLine;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>job validate</c>: all mistakes of a job file at once.</summary>
internal static class JobValidateCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("JOB.yaml") { Description = "The job file." };
        var command = new ExampleCommand("validate", "Checks a job file and names every mistake in it. Datasets are looked at when the job runs.",
            "inception job validate jobs/fashion-mnist.yaml")
        {
            file,
        };
        command.SetAction(line =>
        {
            var job = JobFile.Load(line.GetRequiredValue(file), []);
            Console.WriteLine(Format.Text($"{line.GetRequiredValue(file)} is a valid job: {job.Name}, {job.Model.Name}, ")
                + Format.Text($"batches of {job.Batch.Global} in {job.Batch.MicroBatches} micro-batches, {job.Schedule.Epochs} epochs"));
            return ExitCode.Ok;
        });
        return command;
    }
}
