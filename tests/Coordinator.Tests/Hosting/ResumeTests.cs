using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Microsoft.Data.Sqlite;

namespace Inception.Distributed.Coordinator.Tests.Hosting;

public sealed class ResumeTests : IDisposable
{
    private static readonly JobSpec Job = TestJobs.Small with { Checkpoint = new CheckpointSpec { EverySteps = 2, Keep = 2 } };
    private readonly TemporaryDirectory _directory = new();

    private string Output => _directory["out"];

    private string Checkpoint(long step) => _directory[$"out/checkpoints/step-{step:D8}"];

    public void Dispose() => _directory.Dispose();

    /// <summary>A run whose only worker dies before <paramref name="step"/>, and that is given up then.</summary>
    private async Task DieBeforeAsync(long step)
    {
        using var run = await TestRun.StartAsync(Output, job: Job);
        using var worker = await run.ConnectAsync("first");
        worker.WriteCheckpoint = (directory, at) => SavedCheckpoints.Write(directory, at, Job);
        worker.BeforeStep = next =>
        {
            if (next == step) worker.Dispose();
            return Task.FromResult(next < step);
        };
        await Should.ThrowAsync<Exception>(worker.RunAsync());
        await run.FailAsync("Nobody is left.");
        (await run.ExitCode).ShouldBe(1);
    }

    private async Task<Assignment> ResumeToTheEndAsync(JobSpec? job = null)
    {
        using var run = await TestRun.StartAsync(Output, resume: true, job: job ?? Job);
        using var worker = await run.ConnectAsync("second");
        worker.WriteCheckpoint = (directory, at) => SavedCheckpoints.Write(directory, at, job ?? Job);
        await worker.RunAsync();
        (await run.ExitCode).ShouldBe(0);
        run.Lines("log.jsonl").Select(line => line.GetProperty("step").GetInt64()).ShouldBe([1, 2, 3, 4, 5, 6]);
        run.Lines("evaluations.jsonl").Select(line => line.GetProperty("step").GetInt64()).ShouldBe([4, 6]);
        run.Result.GetProperty("step").GetInt64().ShouldBe(6);
        return worker.Received.Single(message => message.Assignment is not null).Assignment;
    }

    [Fact]
    public async Task Resume_GoesOnFromTheNewestCheckpoint_WithOneLineForEachStep_AndAGenerationAfterTheLast()
    {
        await DieBeforeAsync(step: 4);
        var assignment = await ResumeToTheEndAsync();

        assignment.Start.Step.ShouldBe(2);
        assignment.Start.Checkpoint.ShouldBe(Checkpoint(2));
        assignment.Generation.ShouldBe(2);
    }

    [Fact]
    public async Task Resume_NewestIsDamaged_FallsBackToTheOneBefore()
    {
        await DieBeforeAsync(step: 6);
        SavedCheckpoints.Damage(Checkpoint(4));

        (await ResumeToTheEndAsync()).Start.Step.ShouldBe(2);
        Directory.Exists($"{Checkpoint(4)}.damaged-hash").ShouldBeTrue();
        Directory.Exists(Checkpoint(4)).ShouldBeTrue("the step was done, and saved, again");
    }

    [Fact]
    public async Task Resume_OfAFinishedRun_OnlyEvaluatesAgain()
    {
        await DieBeforeAsync(step: 4);
        await ResumeToTheEndAsync();

        (await ResumeToTheEndAsync()).Start.Step.ShouldBe(6);
    }

    [Fact]
    public async Task Resume_FieldsWithoutBearingOnTheResultMayChange()
    {
        await DieBeforeAsync(step: 4);
        (await ResumeToTheEndAsync(Job with { Name = "renamed", Workers = new WorkersSpec { Max = 3 } })).Start.Step.ShouldBe(2);
    }

    [Fact]
    public async Task Resume_JobWithAnotherResult_NamesEachFieldWithBothValues()
    {
        await DieBeforeAsync(step: 4);
        var error = await Should.ThrowAsync<UserErrorException>(ResumeToTheEndAsync(
            Job with { Seed = 7, Optimizer = Job.Optimizer with { LearningRate = 0.25 } }));

        error.Problems.Select(problem => (problem.Where, problem.Message)).Skip(1).ShouldBe(
            [("seed", "is 7 now, 0 in the checkpoint"), ("optimizer.learningRate", "is 0.25 now, 0.1 in the checkpoint")]);
        error.Problems[0].Message.ShouldContain("step-00000002 belongs to another job");
    }

    [Fact]
    public async Task Resume_NoWholeCheckpoint_SaysSoAndNamesTheDamagedOnes()
    {
        await DieBeforeAsync(step: 4);
        SavedCheckpoints.Damage(Checkpoint(2));

        var error = await Should.ThrowAsync<UserErrorException>(ResumeToTheEndAsync());
        error.Problems[0].Message.ShouldContain("holds no whole checkpoint");
        error.Problems[1].Where.ShouldBe($"{Checkpoint(2)}.damaged-hash");
        // What was set aside is not forgotten: no second try begins at step 0.
        var again = await Should.ThrowAsync<UserErrorException>(TestRun.StartAsync(Output, stay: true, job: Job));
        again.Problems[1].ShouldBe(new Problem($"{Checkpoint(2)}.damaged-hash", "is damaged, and was set aside before"));
    }

    [Fact]
    public async Task Resume_OfNothing_SaysSo() =>
        (await Should.ThrowAsync<UserErrorException>(ResumeToTheEndAsync())).Message.ShouldContain("holds no whole checkpoint");

    [Fact]
    public async Task NewRun_WhereAnEarlierOneLies_IsRefused()
    {
        await DieBeforeAsync(step: 4);
        (await Should.ThrowAsync<UserErrorException>(TestRun.StartAsync(Output, job: Job))).Message
            .ShouldBe($"--output: {Output} holds an earlier run; go on with it by --resume, or choose another --output");
    }

    [Fact]
    public async Task Retention_KeepsTheBestAndThePinned()
    {
        var job = Job with { Checkpoint = new CheckpointSpec { EverySteps = 1, Keep = 1, KeepBest = 1 } };
        using var run = await TestRun.StartAsync(Output, job: job);
        using var worker = await run.ConnectAsync("first");
        worker.WriteCheckpoint = (directory, at) =>
        {
            SavedCheckpoints.Write(directory, at, job);
            if (at == 2) new CheckpointStore(_directory["out/checkpoints"]).Pin(2).ShouldBeTrue();
        };
        await worker.RunAsync();
        (await run.ExitCode).ShouldBe(0);

        // The two evaluations, at 4 and at 6, are alike: the newer one is the best.
        Directory.GetDirectories(_directory["out/checkpoints"]).ShouldBe([Checkpoint(2), Checkpoint(6)], ignoreOrder: true);
        EvaluatedSteps.Read(_directory["out/evaluations.jsonl"]).Keys.ShouldBe([4, 6]);
    }

    [Fact]
    public async Task Retention_KeepsTheNewestOnly_AndTheCatalogueListsAllThatWereCommitted()
    {
        await DieBeforeAsync(step: 4);
        await ResumeToTheEndAsync();

        Directory.GetDirectories(_directory["out/checkpoints"]).ShouldBe([Checkpoint(4), Checkpoint(6)], ignoreOrder: true);
        using var journal = new SqliteConnection($"Data Source={_directory["out/journal.db"]};Pooling=False");
        journal.Open();
        using var command = journal.CreateCommand();
        command.CommandText = "SELECT group_concat(step) FROM (SELECT step FROM checkpoints ORDER BY step);";
        command.ExecuteScalar().ShouldBe("2,4,6");
    }
}
