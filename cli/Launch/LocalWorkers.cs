namespace Inception.Distributed.Cli.Launch;

/// <summary>The workers that a launcher has started. Each is started once.</summary>
internal sealed class LocalWorkers
{
    private readonly List<ChildProcess> _workers = [];

    public IReadOnlyList<ChildProcess> All => _workers;

    public int Alive => _workers.Count(worker => !worker.Exited.IsCompleted);

    public Task AllExited => Task.WhenAll(_workers.Select(worker => worker.Exited));

    /// <summary>How those that have ended did, as a clause.</summary>
    public string Ends => string.Join(", ", _workers.Where(worker => worker.Exited.IsCompleted)
        .Select(worker => $"{worker.Name} ended with exit code {worker.Exited.Result}"));

    public void Add(ChildProcess worker) => _workers.Add(worker);
}
