using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Cli.Commands;

/// <summary>The program's command line.</summary>
internal static class InceptionCommand
{
    public static IReadOnlyList<string> Examples { get; } =
    [
        "inception train jobs/fashion-mnist.yaml --workers 2",
        "inception job validate jobs/fashion-mnist.yaml",
        "inception train --help",
    ];

    public static RootCommand Create()
    {
        var root = new RootCommand("Trains the Inception family on one or many devices.")
        {
            TrainCommand.Create(),
            EvaluateCommand.Create(),
            PredictCommand.Create(),
            CoordinatorCommand.Create(),
            WorkerCommand.Create(),
            StatusCommand.Create(),
            DrainCommand.Create(),
            ProbeCommand.Create(),
            PlotCommand.Create(),
            ChaosCommand.Create(),
            new ExampleCommand("certs", "Makes the certificates and tokens that protect connections between hosts.",
                "inception certs init ca", "inception certs issue coordinator --ca ca --out certs/coordinator --host 10.0.0.5", "inception certs issue worker --ca ca --out certs/worker",
                "inception certs token certs/token", "inception certs show certs/worker")
            {
                CertsInitCommand.Create(),
                CertsIssueCommand.Create(),
                CertsTokenCommand.Create(),
                CertsShowCommand.Create(),
            },
            new ExampleCommand("job", "Checks job files and shows what they say.", "inception job validate jobs/tiny.yaml", "inception job schema > job.schema.json")
            {
                JobValidateCommand.Create(),
                JobSchemaCommand.Create(),
                JobScheduleCommand.Create(),
            },
            new ExampleCommand("model", "Shows networks: their layers, what they cost, and why.",
                "inception model summary inception-v3", "inception model compare googlenet inception-v2 inception-v3", "inception model factorization")
            {
                ModelSummaryCommand.Create(),
                ModelCompareCommand.Create(),
                ModelFactorizationCommand.Create(),
            },
            new ExampleCommand("data", "Looks at datasets, checks, measures and packs them.",
                "inception data inspect imagefolder:/data/imagenet:train", "inception data verify jobs/fashion-mnist.yaml")
            {
                DataInspectCommand.Create(),
                DataVerifyCommand.Create(),
                DataBenchCommand.Create(),
                DataPackCommand.Create(),
            },
            new ExampleCommand("checkpoint", "Looks at checkpoints, chooses which stay, and takes weights in and out.",
                "inception checkpoint ls runs/tiny", "inception checkpoint verify runs/tiny", "inception checkpoint prune runs/tiny --dry-run",
                "inception checkpoint export runs/tiny --output tiny.safetensors")
            {
                CheckpointListCommand.Create(),
                CheckpointVerifyCommand.Create(),
                CheckpointPruneCommand.Create(),
                CheckpointPinCommand.Create(pin: true),
                CheckpointPinCommand.Create(pin: false),
                CheckpointImportCommand.Create(),
                CheckpointExportCommand.Create(),
            },
        };
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new ExampleHelp((HelpAction)help.Action!);
        return root;
    }

    /// <summary>Parses and runs a command line. User mistakes are printed to standard error, one a line.</summary>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var line = Create().Parse(arguments);
        var asksForHelp = line.Action is ExampleHelp or { ClearsParseErrors: true };
        if (!asksForHelp && UsageErrors.In(line) is { Count: > 0 } errors)
        {
            foreach (var error in errors) await Console.Error.WriteLineAsync($"error: {error}");
            await Console.Error.WriteLineAsync($"See: {PathOf(line)} --help");
            return ExitCode.UserError;
        }
        try
        {
            // Ctrl-C means something else to each command; see StopSignals.
            return await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UserErrorException e)
        {
            foreach (var problem in e.Problems) await Console.Error.WriteLineAsync($"error: {problem.Where}: {problem.Message}");
            return ExitCode.UserError;
        }
    }

    private static string PathOf(ParseResult line)
    {
        var names = new List<string>();
        for (var result = line.CommandResult; result.Parent is CommandResult parent; result = parent)
            names.Insert(0, result.Command.Name);
        return string.Join(' ', names.Prepend("inception"));
    }
}
