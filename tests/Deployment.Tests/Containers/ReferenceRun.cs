namespace Inception.Distributed.Deployment.Tests.Containers;

/// <summary><c>jobs/tiny.yaml</c> trained by one worker process on this host: what every run in containers must come to.</summary>
public sealed class ReferenceRun : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("inception-reference-").FullName;

    internal EndToEnd.Tests.Harness.RunFiles Files => new(Path.Combine(_directory, "run"));

    public async ValueTask InitializeAsync()
    {
        var outcome = await Repository.InceptionAsync("train", Repository.PathOf("jobs", "tiny.yaml"), "--workers", "1", "--output", Files.Directory);
        if (outcome.ExitCode != 0) throw new InvalidOperationException($"The reference run failed: {outcome}");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
