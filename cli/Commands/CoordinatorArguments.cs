using System.CommandLine;
using Grpc.Core;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Commands;

/// <summary>Which running coordinator an operator means, and how to ask it something.</summary>
internal sealed class CoordinatorArguments
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Option<Uri?> _coordinator = new("--coordinator")
    {
        Description = "Address of the run's coordinator.",
        HelpName = "URL",
        CustomParser = Parsers.Address,
    };

    private readonly SecurityArguments _security = new(withToken: false);

    private readonly Option<string?> _output = new("--output")
    {
        Description = "The run's directory. Default: the newest running one under runs/.",
        HelpName = "DIR",
    };

    public void AddTo(Command command)
    {
        command.Add(_coordinator);
        command.Add(_output);
        _security.AddTo(command);
    }

    /// <summary>Asks the coordinator, and prints what keeps it from answering.</summary>
    /// <param name="ask">Takes the client and a deadline.</param>
    /// <param name="use">What is done with the answer.</param>
    /// <param name="command">The command's name, for messages.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> AskAsync<T>(ParseResult line, string command, Func<Operator.OperatorClient, DateTime, AsyncUnaryCall<T>> ask, Action<T> use)
    {
        var address = line.GetValue(_coordinator) ?? Find(line.GetValue(_output), command);
        using var client = new CoordinatorClient(address, _security.Read(line));
        try
        {
            use(await ask(client.Operator, TimeProvider.System.GetUtcNow().UtcDateTime + Patience));
            return ExitCode.Ok;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.PermissionDenied)
        {
            throw new UserErrorException(e.StatusCode == StatusCode.PermissionDenied ? "--certs" : command, e.Status.Detail);
        }
        catch (RpcException e) when (RpcFault.Innermost(e) is PeerRefusedException refused)
        {
            throw new UserErrorException("--coordinator", refused.Message);
        }
        catch (RpcException e)
        {
            await Console.Error.WriteLineAsync($"error: the coordinator at {address} does not answer ({e.StatusCode}: {RpcFault.Innermost(e).Message})");
            return ExitCode.Failed;
        }
    }

    private static Uri Find(string? output, string command)
    {
        if (output is not null)
        {
            return CoordinatorFile.TryRead(output)?.Url
                ?? throw new UserErrorException("--output", $"no coordinator is running there: {Path.Combine(output, CoordinatorFile.Name)} is missing");
        }
        return RunDirectory.NewestRunning() is { } directory && CoordinatorFile.TryRead(directory) is { } file
            ? file.Url
            : throw new UserErrorException(command,
                $"no coordinator is running under {Path.GetFullPath(RunDirectory.Root)}; name one with --coordinator or --output");
    }
}
