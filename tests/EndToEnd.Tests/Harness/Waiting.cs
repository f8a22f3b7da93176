namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>For what other processes do and nothing tells of: their files, their ends.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">The condition did not come true.</exception>
    public static Task UntilAsync(Func<bool> condition, string description) => UntilAsync(() => Task.FromResult(condition()), description);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, string description)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            if (patience.IsCancellationRequested) throw new TimeoutException($"After {Patience.TotalSeconds} s it is still not so that {description}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
