using System.Globalization;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Coordinator.Evaluation;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>An evaluation with its coordinator in this process and local workers as children of it.</summary>
internal sealed class EvaluateRun(EvaluationRequest request, int workers, string listen, SecuritySettings security, string logs, IEvaluationDisplay display) : IDisposable
{
    private readonly ChildLauncher _children = new();

    /// <summary>Ends all children at once.</summary>
    public void Dispose() => _children.Dispose();

    /// <exception cref="UserErrorException">A worker can't use the checkpoints or the images, or the address can't be listened on.</exception>
    /// <exception cref="EvaluationFailedException">No worker is left.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public async Task<EvaluationResult> RunAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var evaluation = EvaluationHost.RunAsync(request.ToOptions(listen, security), listening.SetResult, display.Show, display.Say, ending.Token);
        if (await Task.WhenAny(listening.Task, evaluation) == evaluation) return await evaluation;
        if (workers == 0) display.Say($"Waiting for workers; each joins by: inception worker --coordinator {await listening.Task}");

        var children = new List<ChildProcess>();
        for (var k = 1; k <= workers; k++) children.Add(await StartAsync(k, await listening.Task));
        var gone = Task.WhenAll(children.Select(child => child.Exited));
        if (workers == 0 || await Task.WhenAny(evaluation, gone) == evaluation)
        {
            var result = await evaluation;
            await gone;
            return result;
        }

        await ending.CancelAsync();
        await ((Task)evaluation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // What the last worker said may have ended the evaluation in the same moment.
        if (evaluation.IsCompletedSuccessfully || evaluation.Exception?.InnerException is UserErrorException) return await evaluation;
        throw new EvaluationFailedException(await ExplainAsync(children[^1]));
    }

    private Task<ChildProcess> StartAsync(int number, Uri coordinator)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"worker {number}");
        return _children.StartAsync(name, Path.Combine(logs, name.Replace(' ', '-') + ".log"), TrainOptions.WorkerArguments(coordinator, security.Insecure));
    }

    private static async Task<IReadOnlyList<string>> ExplainAsync(ChildProcess worker)
    {
        const int Tail = 20;
        var (log, code) = (await worker.ReadLogAsync(), await worker.Exited);
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"no worker is left; {worker.Name} ended with exit code {code}. The end of its log:"),
            .. log.TakeLast(Tail).Select(line => "  " + line),
        ];
    }
}

/// <summary>The evaluation could not be done, by no mistake of the user's.</summary>
internal sealed class EvaluationFailedException(IReadOnlyList<string> lines) : Exception(string.Join(Environment.NewLine, lines));

/// <summary>Where an evaluation tells how it goes. For any thread.</summary>
internal interface IEvaluationDisplay
{
    void Show(EvaluationProgress progress);

    void Say(string line);
}
