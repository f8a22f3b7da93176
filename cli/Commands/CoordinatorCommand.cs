using System.CommandLine;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Coordinator;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>coordinator</c>: runs a job for workers that are started elsewhere.</summary>
internal static class CoordinatorCommand
{
    public static Command Create()
    {
        var job = new JobArguments();
        job.Workers.Description = "Training starts once this many workers have joined. Default: the job's workers.min.";
        var newWorkers = new Option<bool>("--new-workers")
        {
            Description = "With --resume: the workers of an earlier coordinator are gone. None is waited for, and the run goes on from a checkpoint.",
        };
        job.Resume.Description = "Goes on with the run in the directory: with its workers, if its coordinator ended in the midst of it, "
            + "else from the newest whole checkpoint.";
        var command = new ExampleCommand("coordinator", "Runs a job with workers that join from any host, each started by 'inception worker'.",
            "inception coordinator jobs/fashion-mnist.yaml --listen 0.0.0.0:7000 --workers 2",
            "inception coordinator jobs/fashion-mnist.yaml --output runs/fashion-mnist --resume");
        job.AddTo(command);
        command.Add(newWorkers);
        command.SetAction(async (line, _) =>
        {
            var spec = job.Load(line);
            var resume = line.GetValue(job.Resume);
            var output = RunOutput.Choose(line.GetValue(job.Output), resume, spec.Name);
            var options = new CoordinatorOptions
            {
                Job = spec,
                Output = output.Directory,
                Listen = line.GetRequiredValue(job.Listen),
                ExpectedWorkers = line.GetValue(job.Workers),
                Resume = resume,
                NewWorkers = line.GetValue(newWorkers),
            };
            using var signals = new StopSignals();
            try
            {
                return await CoordinatorHost.RunAsync(options, onListening: null, signals.Stop);
            }
            catch (UserErrorException)
            {
                output.DiscardIfNew();
                throw;
            }
        });
        return command;
    }
}
