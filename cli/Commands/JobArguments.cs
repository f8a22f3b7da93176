using System.CommandLine;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Commands;

/// <summary>The job file and what may be changed in it on the command line, shared by the commands that run a job.</summary>
internal sealed class JobArguments
{
    public Argument<string> File { get; } = new("JOB.yaml") { Description = "The job file." };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Changes one field of the job, e.g. optimizer.learningRate=0.1; may be repeated.",
        HelpName = "FIELD=VALUE",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
    };

    public Option<string?> Output { get; } = new("--output")
    {
        Description = "The run's directory. Default: runs/NAME for a new run, then runs/NAME-2 and so on; with --resume, the job's newest run.",
        HelpName = "DIR",
    };

    public Option<bool> Resume { get; } = new("--resume") { Description = "Goes on from the newest whole checkpoint in the run's directory." };

    public Option<string> Listen { get; } = new("--listen")
    {
        Description = "Where the coordinator listens, HOST:PORT; port 0 takes a free one.",
        HelpName = "ADDR",
        DefaultValueFactory = _ => "127.0.0.1:0",
    };

    public Option<int?> Workers { get; } = new("--workers") { HelpName = "N", CustomParser = Parsers.Count };

    public void AddTo(Command command)
    {
        command.Add(File);
        foreach (var option in new Option[] { Workers, Set, Output, Resume, Listen }) command.Add(option);
    }

    public JobSpec Load(ParseResult line) => JobFile.Load(line.GetRequiredValue(File), line.GetRequiredValue(Set));
}
