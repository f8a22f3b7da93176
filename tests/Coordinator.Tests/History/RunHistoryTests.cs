using Inception.Distributed.Coordinator.History;
using Inception.Distributed.Coordinator.Journal;
using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Tests.History;

public sealed class RunHistoryTests : IDisposable
{
    private const string Job = """
        name: history
        model: {name: inception-v3, classes: 10, inputSize: 75}
        data: {train: {format: synthetic, limit: 12}}
        batch: {global: 12, microBatches: 6}
        optimizer: {name: sgd, learningRate: 0.1}
        schedule: {epochs: 2}
        """;

    private const string Line = """{"step":1,"epoch":0.5,"loss":null,"mainLoss":2.25,"auxLoss":1,"learningRate":0.1,"gradientNorm":3,"imagesPerSecond":60,"seconds":{"data":0.1,"forward":0.2,"backward":0.3,"reduction":0.4,"update":0.5}}""";

    private readonly TemporaryDirectory _run = new();

    public RunHistoryTests() => File.WriteAllText(_run["job.yaml"], Job);

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Load_OfARunInProgress_HasItsWholeLines()
    {
        File.WriteAllText(_run["log.jsonl"], $"{Line}\n{Line.Replace("\"step\":1", "\"step\":2", StringComparison.Ordinal)}\n{{\"step\":3,\"ep");
        File.WriteAllText(_run["evaluations.jsonl"], """{"step":2,"epoch":1,"top1":0.5,"top5":0.9,"loss":1.5,"images":20,"seconds":1.5}""" + "\n");

        var history = RunHistory.Load(_run.Path);

        history.Name.ShouldBe("history");
        history.Steps.Select(step => step.Step).ShouldBe([1, 2]);
        history.Steps[0].ShouldBe(new StepPoint(1, 0.5, null, 2.25, 1, 0.1, 3, false, 60, new StepSeconds(0.1, 0.2, 0.3, 0.4, 0.5)));
        history.Evaluations.ShouldBe([new EvaluationPoint(2, 1, 0.5, 0.9, 1.5, null, null)]);
        history.Generations.ShouldBeEmpty();
    }

    [Fact]
    public void Load_OfARunWithAJournal_HasItsGenerations()
    {
        File.WriteAllText(_run["log.jsonl"], Line + "\n");
        var state = new RunState(TestJobs.Settings());
        var generation = new Generation(7, [new Member(0, "w", "host", "a", new(0, 6), false)], 5, new StartingPoint(0, ""), []);
        using (var journal = SqliteJournal.Open(_run["journal.db"]))
        {
            journal.BeginRun(state.Settings, DateTimeOffset.UnixEpoch);
            journal.Commit([new JournalEntry(new StopAsked("test"), Decision.To(state, "One went.", new RecordGeneration(generation, true)), DateTimeOffset.UnixEpoch)]);

            // While the coordinator has it open.
            RunHistory.Load(_run.Path).Generations.ShouldBe([new GenerationPoint(7, DateTimeOffset.UnixEpoch, 5, 1, "One went.")]);
        }
    }

    [Fact]
    public void Load_OfWhatIsNoRun_SaysSo()
    {
        Should.Throw<UserErrorException>(() => RunHistory.Load(_run["nowhere"])).Message.ShouldContain("no such directory");
        Should.Throw<UserErrorException>(() => RunHistory.Load(_run.Path)).Message.ShouldContain("has not applied a step yet");
        File.WriteAllText(_run["log.jsonl"], $"{{\"step\"\n{Line}\n");
        Should.Throw<UserErrorException>(() => RunHistory.Load(_run.Path)).Problems[0].Where.ShouldBe(_run["log.jsonl"] + ":1");
        File.Delete(_run["job.yaml"]);
        Should.Throw<UserErrorException>(() => RunHistory.Load(_run.Path)).Message.ShouldContain("no job.yaml");
    }
}
