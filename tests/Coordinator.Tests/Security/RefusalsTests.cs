using Inception.Distributed.Coordinator.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Tests.Security;

public sealed class RefusalsTests
{
    private readonly LogLines _log = new();

    [Fact]
    public void Note_TheSameAgain_IsCountedAndNotLogged()
    {
        var refusals = new Refusals(_log);
        for (var k = 0; k < 1000; k++) refusals.Note(Refusal.Token, "10.0.0.9", "a worker shows a wrong join token");
        refusals.Note(Refusal.Token, "10.0.0.10", "a worker shows a wrong join token");

        refusals.Count(Refusal.Token).ShouldBe(1001);
        refusals.Count(Refusal.Role).ShouldBe(0);
        _log.Lines.Count.ShouldBe(2);
        _log.Lines[0].ShouldBe("Refused 10.0.0.9: a worker shows a wrong join token. Further attempts alike are counted, and not logged.");
    }

    [Fact]
    public void Note_SourcesWithoutEnd_DoNotFillLogNorMemory()
    {
        var refusals = new Refusals(_log);
        for (var k = 0; k < 100_000; k++) refusals.Note(Refusal.Certificate, $"source {k}", "it shows no certificate");

        refusals.Count(Refusal.Certificate).ShouldBe(100_000);
        _log.Lines.Count.ShouldBe(201);
        _log.Lines[^1].ShouldStartWith("So many different attempts have been refused");
    }

    [Fact]
    public async Task Gate_MoreStrangersThanItHolds_TheOldestGo_AndThoseThatWereLetInStay()
    {
        var gate = new ConnectionGate(new Refusals(_log), mostStrangers: 10);
        var end = new TaskCompletionSource();
        var connections = Enumerable.Range(0, 30).Select(k => new Connection($"c{k}")).ToList();
        var passing = new List<Task>();
        foreach (var connection in connections)
        {
            passing.Add(gate.PassAsync(connection, _ => end.Task));
            if (connection.ConnectionId == "c3") gate.Admit("c3");
        }

        gate.Strangers.ShouldBe(10);
        connections.Select(connection => connection.IsAborted).ShouldBe(
            Enumerable.Range(0, 30).Select(k => k < 20 && k != 3));
        end.SetResult();
        await Task.WhenAll(passing);
        gate.Strangers.ShouldBe(0);
    }

    private sealed class Connection(string id) : DefaultConnectionContext(id)
    {
        public bool IsAborted { get; private set; }

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;
    }

    private sealed class LogLines : ILogger<Refusals>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
