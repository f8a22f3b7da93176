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
        var command = new ExampleCommand("coordinator", "Runs a job with workers that join from any host, each started by 'inception worker'.",
            "inception coordinator jobs/fashion-mnist.yaml --listen 0.0.0.0:7000 --workers 2",
            "inception coordinator jobs/fashion-mnist.yaml --output runs/fashion-mnist --resume");
        job.AddTo(command);
        command.SetAction(async (line, _) =>
        {
            var spec = job.Load(line);
            var resume = line.GetValue(job.Resume);
            int? workers = line.GetValue(job.Workers) is { } asked ? WorkerCount.Choose(spec, asked, Environment.ProcessorCount) : null;
            using var signals = new StopSignals();
            return await CoordinatorHost.RunAsync(
                new CoordinatorOptions
                {
                    Job = spec,
                    Output = line.GetValue(job.Output) ?? (resume ? RunDirectory.Newest(spec.Name) : RunDirectory.CreateNew(spec.Name)),
                    Listen = line.GetRequiredValue(job.Listen),
                    ExpectedWorkers = workers,
                    Resume = resume,
                },
                onListening: null,
                signals.Stop);
        });
        return command;
    }
}
