using Inception.Distributed.Coordinator.Journal;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Tests.Machine;
using Microsoft.Data.Sqlite;

namespace Inception.Distributed.Coordinator.Tests.Journal;

public sealed class SqliteJournalTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDirectory _directory = new();

    private string Path => _directory["journal.db"];

    public void Dispose() => _directory.Dispose();

    private void Record(RunSettings settings, SimulatedRun run)
    {
        using var journal = SqliteJournal.Open(Path);
        journal.BeginRun(settings, Noon);
        var state = new RunState(settings);
        foreach (var @event in run.Events)
        {
            var decision = RunMachine.Decide(state, @event);
            journal.Commit([new JournalEntry(@event, decision, Noon)]);
            state = decision.State;
        }
    }

    private static SimulatedRun WholeRun(RunSettings settings)
    {
        var run = new SimulatedRun(settings);
        for (var i = 0; i < settings.ExpectedWorkers; i++) run.Join();
        return run;
    }

    [Fact]
    public void Events_ReadBack_DecideTheSameRun()
    {
        var settings = TestJobs.Settings(3);
        var run = WholeRun(settings);
        Record(settings, run);

        using var journal = SqliteJournal.Open(Path);
        var events = journal.ReadEvents(settings.RunId).ToList();

        events.Select(@event => @event.GetType()).ShouldBe(run.Events.Select(@event => @event.GetType()));
        var state = events.Aggregate(new RunState(settings), (state, @event) => RunMachine.Decide(state, @event).State);
        ((Ended)state.Phase).Outcome.ShouldBe(run.Outcome);
        state.LastEvaluation.ShouldBe(run.State.LastEvaluation);
        state.LastCheckpoint.ShouldBe(run.State.LastCheckpoint);
    }

    [Fact]
    public void Sentences_AreTheLastOnes_OldestFirst()
    {
        var settings = TestJobs.Settings(2);
        var run = WholeRun(settings);
        Record(settings, run);

        using var journal = SqliteJournal.Open(Path);
        journal.ReadSentences(settings.RunId, 3).ShouldBe(run.Reasons.TakeLast(3));
        journal.ReadSentences("another", 3).ShouldBeEmpty();
    }

    [Fact]
    public void NumbersThatAreNotFinite_AreKept()
    {
        var settings = TestJobs.Settings();
        using var journal = SqliteJournal.Open(Path);
        journal.BeginRun(settings, Noon);
        var bad = new OrderCompleted(new SessionId(1), 1, 1, 2, "", "", new BadNumbers("the loss is not finite", double.NaN, double.PositiveInfinity, IsSpike: false));
        var evaluation = new RecordEvaluation(1, new EvaluationOutcome(2, 1, 0, 0, double.NaN, 23, 1, 0, 0, double.NaN));
        var generation = new RecordGeneration(Generation.Of(new RunState(settings), []), AfterLoss: false);
        journal.Commit([new JournalEntry(bad, Decision.To(new RunState(settings), "bad", generation, evaluation), Noon)]);

        journal.ReadEvents(settings.RunId).ShouldBe([bad]);
    }

    [Fact]
    public void EveryKindOfEvent_ReadsBackAsWritten()
    {
        var session = new SessionId(3);
        RunEvent[] events =
        [
            new WorkerJoined(session, "w", "h", "cuda:1", 42),
            new FormingFailed(session, 2, "why"),
            new OrderCompleted(session, 2, 3, 4, "aa", "bb"),
            new CheckpointReported(session, 1, 2, "/d", "ff", long.MaxValue, 0.1, "é \"quoted\""),
            new PeerReportedLost(session, 1, 2, "during", "detail"),
            new WorkerFailed(session, "why", true),
            new WorkerLost(session, "how", 5, "doing"),
            new WorkerFormed(session, 1, 2, "cc"),
            new StopAsked("why", true),
            new CoordinatorStarted(2),
            new ReattachmentClosed(2),
            new CheckpointFound(3, "/d"),
            new WorkerLeaving(session, "why"),
            new DrainAsked("w", "why"),
            new WorkersExpected(2),
            new SettlingEnded(4),
            new EvidenceWindowClosed(9),
            new PatienceEnded(5),
            new OrderOverdue(2, 3),
            new WorkerAvailable(session, 6),
            new ReadmissionDue("w", 6),
            new StragglerFound(session, "data", 0.5, 0.25),
            new StragglerCaughtUp(session),
        ];
        foreach (var @event in events)
            JournalJson.ReadEvent(JournalJson.Write(@event)).ShouldBe(@event);

        var blocks = (BlocksEvaluated)JournalJson.ReadEvent(JournalJson.Write(new BlocksEvaluated(session, 1, 2, [new(0, 5, 1, 2, 0.1 + 0.2)], 3)));
        blocks.Blocks.ShouldBe([new EvaluatedBlock(0, 5, 1, 2, 0.1 + 0.2)]);
        var withRaw = (BlocksEvaluated)JournalJson.ReadEvent(JournalJson.Write(blocks with { Blocks = [new(0, 5, 1, 2, 0.5, new RawFigures(3, 4, 0.7))] }));
        withRaw.Blocks.ShouldBe([new EvaluatedBlock(0, 5, 1, 2, 0.5, new RawFigures(3, 4, 0.7))]);
        var fingerprint = (WorkerFingerprinted)JournalJson.ReadEvent(JournalJson.Write(new WorkerFingerprinted(session, SimulatedRun.Alike)));
        fingerprint.Fingerprint.Properties.ShouldBe(SimulatedRun.Alike.Properties);
    }

    [Fact]
    public void EveryEventType_HasANameInTheJournal() =>
        typeof(RunEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RunEvent)) && !type.IsAbstract)
            .ShouldBe(typeof(RunEvent).GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonDerivedTypeAttribute), false)
                .Cast<System.Text.Json.Serialization.JsonDerivedTypeAttribute>().Select(attribute => attribute.DerivedType), ignoreOrder: true);

    [Fact]
    public void Tables_HoldGenerationsCheckpointsAndEvaluationsWithTheirReasons()
    {
        var settings = TestJobs.Settings(2);
        Record(settings, WholeRun(settings));

        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        connection.Rows("SELECT number, reason FROM generations;", row => (row.GetInt64(0), row.GetString(1)))
            .ShouldBe([(1, "Workers ready: 2 of 2. Generation 1 is formed of 2 workers.")]);
        connection.Rows("SELECT step, bytes, at FROM checkpoints ORDER BY step;", row => (row.GetInt64(0), row.GetInt64(1), row.GetString(2)))
            .ShouldBe([(3, 1_000_000, "2026-01-02T12:00:00.000Z"), (6, 1_000_000, "2026-01-02T12:00:00.000Z")]);
        connection.Rows("SELECT step, images FROM evaluations ORDER BY step;", row => (row.GetInt64(0), row.GetInt64(1)))
            .ShouldBe([(4, 23), (6, 23)]);
        connection.Scalar<string>("PRAGMA journal_mode;").ShouldBe("wal");
    }

    [Fact]
    public void Open_AfterAnEarlierRun_KnowsItsLastGeneration()
    {
        var settings = TestJobs.Settings();
        Record(settings, WholeRun(settings));

        using var journal = SqliteJournal.Open(Path);
        journal.LastGeneration.ShouldBe(1);
    }

    [Fact]
    public void Commit_OfADecisionThatCannotBeWritten_WritesNothingOfIt()
    {
        var settings = TestJobs.Settings();
        var run = WholeRun(settings);
        Record(settings, run);
        using var journal = SqliteJournal.Open(Path);
        journal.BeginRun(settings with { RunId = "second" }, Noon);

        // The generation's number is taken: its row is refused after the event's was inserted.
        var decision = Decision.To(run.State, "again", run.Effects.OfType<RecordGeneration>().First());
        Should.Throw<JournalException>(() => journal.Commit([new JournalEntry(new StopAsked("x"), decision, Noon)])).Message.ShouldContain(Path);
        journal.ReadEvents("second").ShouldBeEmpty();
    }

    [Fact]
    public void Open_FileOfAnotherVersion_IsRefused()
    {
        using (var connection = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            connection.Open();
            connection.Execute("PRAGMA user_version = 99;");
        }
        Should.Throw<UserErrorException>(() => SqliteJournal.Open(Path)).Message.ShouldContain("journal version 99, this one writes 3");
    }

    [Fact]
    public void Open_FileOfVersion1_GainsTheRawFiguresAndKeepsItsRows()
    {
        var settings = TestJobs.Settings();
        Record(settings, WholeRun(settings));
        using (var connection = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            connection.Open();
            foreach (var column in new[] { "top1_raw", "top5_raw", "loss_raw" }) connection.Execute($"ALTER TABLE evaluations DROP COLUMN {column};");
            connection.Execute("ALTER TABLE runs DROP COLUMN settings; PRAGMA user_version = 1;");
        }

        using (var journal = SqliteJournal.Open(Path))
        {
            var averaged = new SimulatedRun(settings) { KeepsAverage = true };
            averaged.Join();
            journal.LastRun.ShouldBeNull("nobody knows what it began with");
            journal.BeginRun(settings with { RunId = "second" }, Noon);
            journal.LastRun!.Beginning.ShouldBe(RunBeginning.Of(settings));
            var evaluation = averaged.Effects.OfType<RecordEvaluation>().First() with { Generation = 1 };
            journal.Commit([new JournalEntry(new StopAsked("x"), Decision.To(averaged.State, null, evaluation with { Evaluation = evaluation.Evaluation with { Step = 5 } }), Noon)]);
        }

        using var after = new SqliteConnection($"Data Source={Path};Pooling=False");
        after.Open();
        after.Rows("SELECT step, top5_raw FROM evaluations ORDER BY step;", row => (row.GetInt64(0), row.IsDBNull(1) ? (double?)null : row.GetDouble(1)))
            .ShouldBe([(4, null), (5, 5.0 / 23), (6, null)]);
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_IsRefused()
    {
        File.WriteAllText(Path, new string('x', 5000));
        Should.Throw<UserErrorException>(() => SqliteJournal.Open(Path)).Message.ShouldContain("can't be used as the run's journal");
    }
}
