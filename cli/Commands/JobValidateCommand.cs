using System.CommandLine;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>job validate</c>: all mistakes of all job files at once.</summary>
internal static class JobValidateCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("JOB.yaml") { Description = "The job files.", Arity = ArgumentArity.OneOrMore };
        var set = new JobArguments().Set;
        var command = new ExampleCommand("validate", "Checks job files and names every mistake in them. Datasets are looked at when the job runs.",
            "inception job validate jobs/fashion-mnist.yaml", "inception job validate jobs/imagenet/*.yaml")
        {
            files, set,
        };
        command.SetAction(line =>
        {
            var problems = new List<Problem>();
            foreach (var file in line.GetRequiredValue(files))
            {
                try
                {
                    Console.WriteLine(Describe(file, JobFile.Load(file, line.GetRequiredValue(set))));
                }
                catch (UserErrorException mistakes)
                {
                    problems.AddRange(mistakes.Problems);
                }
            }

            return problems.Count == 0 ? ExitCode.Ok : throw new UserErrorException(problems);
        });
        return command;
    }

    private static string Describe(string file, JobSpec job) => Format.Text($"{file} is a valid job: {job.Name}, {job.Model.Name}, ")
        + Format.Text($"batches of {job.Batch.Global} in {job.Batch.MicroBatches} micro-batches, {job.Schedule.Epochs} epochs");
}
