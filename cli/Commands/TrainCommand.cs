using System.CommandLine;
using System.Net;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Hosting;
using Spectre.Console;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>train</c>: a coordinator and local workers in one go.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var job = new JobArguments();
        job.Workers.Description = "Local workers. Default: as many as cores and job allow. The result does not depend on it.";
        var command = new ExampleCommand("train", "Runs a job with a coordinator and workers on this machine, which all end with this program.",
            "inception train jobs/fashion-mnist.yaml --workers 2",
            "inception train jobs/fashion-mnist.yaml --set optimizer.learningRate=0.05 --set seed=2 --output runs/lower-rate",
            "inception train jobs/fashion-mnist.yaml --resume --workers 4");
        job.AddTo(command);
        var insecure = new Option<bool>("--insecure")
        {
            Description = "Allows --listen at an address that other hosts reach, in plain text. With certificates: 'inception coordinator' and 'inception worker'.",
        };
        command.Add(insecure);
        command.SetAction((line, _) => RunAsync(job, insecure, line));
        return command;
    }

    private static async Task<int> RunAsync(JobArguments arguments, Option<bool> insecure, ParseResult line)
    {
        var options = Options(arguments, line, line.GetValue(insecure));
        var display = RunDisplay.Create(AnsiConsole.Console, TimeProvider.System);
        using var run = new TrainRun(options, display, TimeProvider.System);
        using var signals = new StopSignals(beforeExit: () =>
        {
            run.Kill();
            display.Abandon();
        });

        display.Say($"{options.Job.Name}: {Format.Count(options.Workers, "worker")}, output in {options.Output.Directory}");
        foreach (var note in options.Notes) display.Say(note);
        var outcome = await display.DuringAsync(() => run.RunAsync(signals.Stop));
        foreach (var problem in outcome.Problems) await Console.Error.WriteLineAsync(problem);
        if (outcome is { ExitCode: ExitCode.UserError, HasTrained: false }) options.Output.DiscardIfNew();
        else foreach (var text in Summary.Of(options.Output.Directory, outcome)) Console.WriteLine(text);
        return outcome.ExitCode;
    }

    private static TrainOptions Options(JobArguments arguments, ParseResult line, bool insecure)
    {
        var listen = line.GetRequiredValue(arguments.Listen);
        if (!insecure && !IPAddress.IsLoopback(ListenAddress.Parse(listen).Address))
        {
            throw new UserErrorException("--listen", $"{listen} is reached from other hosts, and this command has no certificates; for workers on other hosts start "
                + "'inception coordinator' with --certs, or add --insecure to let everybody on the network read and change what is sent");
        }
        var job = arguments.Load(line);
        var workers = WorkerCount.Choose(job, line.GetValue(arguments.Workers), Environment.ProcessorCount);
        var resume = line.GetValue(arguments.Resume);
        string[] notes = job.Model.Weights.Length == 0 || resume ? [] : [.. InitialWeights.Open(job.Model).Notes(job)];
        return new TrainOptions
        {
            JobFile = line.GetRequiredValue(arguments.File),
            Job = job,
            Overrides = line.GetRequiredValue(arguments.Set),
            Notes = notes,
            Workers = workers,
            Output = RunOutput.Choose(line.GetValue(arguments.Output), resume, job.Name),
            Listen = listen,
            Insecure = insecure,
            Resume = resume,
        };
    }
}
