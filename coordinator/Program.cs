using System.CommandLine;
using Inception.Distributed;
using Inception.Distributed.Coordinator;
using Inception.Distributed.Hosting;
using Inception.Distributed.Jobs;

var job = new Argument<string>("JOB.yaml") { Description = "The job file." };
var listen = new Option<string>("--listen")
{
    Description = "Address and port to listen on; port 0: any free one.",
    DefaultValueFactory = _ => "127.0.0.1:0",
};
var output = new Option<string>("--output") { Description = "Directory of the run's files.", DefaultValueFactory = _ => "run" };
var workers = new Option<int?>("--workers") { Description = "Training starts once this many are ready; default: workers.min of the job." };
var resume = new Option<bool>("--resume") { Description = "Go on with the run in the output directory: with its workers if they are still there, else from the newest whole checkpoint." };
var newWorkers = new Option<bool>("--new-workers") { Description = "With --resume: wait for no worker of an earlier coordinator." };
var stay = new Option<bool>("--stay") { Description = "Stay up after the run's end; started again on the same output, begin, go on with or serve the run." };
var set = new Option<string[]>("--set") { Description = "Overrides a field of the job, e.g. optimizer.learningRate=0.1." };
var host = new HostArguments();
var root = new RootCommand("Coordinates one training run of Inception.Distributed.") { job, listen, output, workers, resume, newWorkers, stay, set };
host.AddTo(root);
root.Add(ProbeCommand.Create());

root.SetAction(async (arguments, _) =>
{
    using var signals = new StopSignals(tellsApart: true);
    try
    {
        var options = new CoordinatorOptions
        {
            Job = JobFile.Load(arguments.GetRequiredValue(job), arguments.GetValue(set) ?? []),
            Output = arguments.GetRequiredValue(output),
            Listen = arguments.GetRequiredValue(listen),
            ExpectedWorkers = arguments.GetValue(workers),
            Resume = arguments.GetValue(resume),
            NewWorkers = arguments.GetValue(newWorkers),
            Stay = arguments.GetValue(stay),
            Host = host.Read(arguments),
        };
        return await CoordinatorHost.RunAsync(options, null, signals.Stop, signals.Terminate);
    }
    catch (UserErrorException error)
    {
        await Console.Error.WriteLineAsync(error.Message);
        return 2;
    }
});
return await root.Parse(args).InvokeAsync();
