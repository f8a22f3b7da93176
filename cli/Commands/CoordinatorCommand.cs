using System.CommandLine;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Coordinator;
using Inception.Distributed.Hosting;

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
        var host = new HostArguments();
        var stay = new Option<bool>("--stay")
        {
            Description = "Stays up after the run's end and serves its results. Started again with the same --output it begins, goes on with or serves the run, "
                + "and never trains a finished one again: for Kubernetes and other supervisors. Default: ends with the run.",
        };
        job.Resume.Description = "Goes on with the run in the directory: with its workers, if its coordinator ended in the midst of it, "
            + "else from the newest whole checkpoint.";
        var command = new ExampleCommand("coordinator", "Runs a job with workers that join from any host, each started by 'inception worker'.",
            "inception coordinator jobs/fashion-mnist.yaml --listen 10.0.0.5:7400 --workers 2 --certs certs/coordinator",
            "inception coordinator jobs/fashion-mnist.yaml --output runs/fashion-mnist --resume",
            "inception coordinator job.yaml --output /state/run --stay");
        job.AddTo(command);
        command.Add(newWorkers);
        command.Add(stay);
        host.AddTo(command);
        command.SetAction(async (line, _) =>
        {
            var spec = job.Load(line);
            var resume = line.GetValue(job.Resume);
            if (line.GetValue(stay) && line.GetValue(job.Output) is null)
                throw new UserErrorException("--stay", "is for processes that are started again and find their run, so name the run's directory with --output");
            var output = RunOutput.Choose(line.GetValue(job.Output), resume, spec.Name);
            var options = new CoordinatorOptions
            {
                Job = spec,
                Output = output.Directory,
                Listen = line.GetRequiredValue(job.Listen),
                ExpectedWorkers = line.GetValue(job.Workers),
                Resume = resume,
                NewWorkers = line.GetValue(newWorkers),
                Stay = line.GetValue(stay),
                Host = host.Read(line),
            };
            using var signals = new StopSignals(tellsApart: true);
            try
            {
                return await CoordinatorHost.RunAsync(options, onListening: null, signals.Stop, signals.Terminate);
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
