using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Hosting;

public sealed class WholeRunOverGrpcTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task WorkersTrainToTheEnd_EveryFileIsWritten(int workers)
    {
        using var run = await TestRun.StartAsync(_directory["out"], workers);
        var announced = JsonDocument.Parse(await File.ReadAllTextAsync(_directory["out/coordinator.json"], Cancel)).RootElement;
        announced.GetProperty("url").GetString().ShouldBe(run.Url.OriginalString);
        announced.GetProperty("pid").GetInt32().ShouldBe(Environment.ProcessId);

        var last = await Task.WhenAll(await Task.WhenAll(Enumerable.Range(0, workers).Select(async i => (await run.ConnectAsync($"w{i}")).RunAsync())));
        (await run.ExitCode).ShouldBe(0);

        last.ShouldAllBe(message => message.Finished.State == "finished");
        run.Lines("log.jsonl").Select(line => line.GetProperty("step").GetInt64()).ShouldBe([1, 2, 3, 4, 5, 6]);
        run.Lines("log.jsonl")[^1].GetProperty("imagesPerSecond").GetDouble().ShouldBe(48);
        run.Lines("evaluations.jsonl").Select(line => line.GetProperty("step").GetInt64()).ShouldBe([4, 6]);
        var result = run.Result;
        result.GetProperty("state").GetString().ShouldBe("finished");
        result.GetProperty("step").GetInt64().ShouldBe(6);
        result.GetProperty("top1").GetDouble().ShouldBe(5.0 / 23);
        result.GetProperty("weightsSha256").GetString().ShouldBe("abba");
        result.GetProperty("stateSha256").GetString().ShouldBe("acdc");
        result.GetProperty("workers").GetInt32().ShouldBe(workers);
        result.GetProperty("seconds").GetProperty("forward").GetDouble().ShouldBe(0.6, 1e-9);
        JobFile.Load(_directory["out/job.yaml"], []).ShouldBe(TestJobs.Small);
        File.Exists(_directory["out/coordinator.json"]).ShouldBeFalse();
    }

    [Fact]
    public async Task WorkerDies_TheSurvivorGoesOnToTheEnd()
    {
        using var run = await TestRun.StartAsync(_directory["out"], 2);
        using var survivor = await run.ConnectAsync("survivor");
        var lost = new TaskCompletionSource();
        // The group would break: the survivor does not get past the step at which its peer died.
        survivor.Before = message =>
        {
            if (message.Assignment is { Generation: 2 }) lost.SetResult();
            return Task.FromResult(true);
        };
        survivor.BeforeStep = step => Task.FromResult(step < 3 || lost.Task.IsCompleted);
        var victim = await run.ConnectAsync("victim");
        victim.BeforeStep = step =>
        {
            if (step == 3) victim.Dispose();
            return Task.FromResult(step < 3);
        };
        var victimEnd = victim.RunAsync();
        survivor.SkipsCompletion = () => !lost.Task.IsCompleted;
        (await survivor.RunAsync()).Finished.State.ShouldBe("finished");

        (await run.ExitCode).ShouldBe(0);
        var result = run.Result;
        (result.GetProperty("generations").GetInt64(), result.GetProperty("stepsRecomputed").GetInt64()).ShouldBe((2, 0));
        result.GetProperty("workers").GetInt32().ShouldBe(1);
        var recovery = result.GetProperty("recoveries").EnumerateArray().Single();
        recovery.GetProperty("generation").GetInt64().ShouldBe(2);
        recovery.GetProperty("nextStep").GetDouble().ShouldBeGreaterThanOrEqualTo(recovery.GetProperty("formed").GetDouble());
        run.Lines("log.jsonl").Select(line => line.GetProperty("step").GetInt64()).ShouldBe([1, 2, 3, 4, 5, 6]);
        await Should.ThrowAsync<Exception>(victimEnd);
    }

    [Fact]
    public async Task WorkerFallsSilent_CountsAsLost()
    {
        var job = TestJobs.Small with { Workers = new WorkersSpec { Timeout = 0.5 } };
        using var run = await TestRun.StartAsync(_directory["out"], job: job);
        using var worker = await run.ConnectAsync("w");
        worker.Before = message => Task.FromResult(message.Order is null);
        await worker.SendAsync(new WorkerMessage { Heartbeat = new Heartbeat { Step = 0, Activity = "waiting for Godot" } });
        var end = worker.RunAsync();

        using var channel = GrpcChannel.ForAddress(run.Url);
        using var watch = new Operator.OperatorClient(channel).Watch(new StatusRequest(), cancellationToken: Cancel);
        do await watch.ResponseStream.MoveNext(Cancel);
        while (watch.ResponseStream.Current is not { State: "waiting", Generation: 1 });
        var status = watch.ResponseStream.Current;
        status.Reason.ShouldContain("no sign of life for 0.5 s. It was last known to be in waiting for Godot. Waiting for 1 worker, 0 of 1 ready.");
        status.WaitingFor.ShouldBe("1 worker, 0 of 1 ready");
        run.Stop();
        (await run.ExitCode).ShouldBe(130);
        await Task.WhenAny(end);
    }

    [Fact]
    public async Task Stop_TheRanksAgreeAndTheRunStopsWithItsHashes()
    {
        using var run = await TestRun.StartAsync(_directory["out"]);
        using var worker = await run.ConnectAsync("w");
        using var channel = GrpcChannel.ForAddress(run.Url);
        var client = new Operator.OperatorClient(channel);
        worker.BeforeStep = async step =>
        {
            if (step == 2) await client.StopAsync(new StopCommand { Reason = "enough." }, cancellationToken: Cancel);
            return step <= 2;
        };
        await worker.RunAsync();

        (await run.ExitCode).ShouldBe(130);
        run.Result.GetProperty("state").GetString().ShouldBe("stopped");
        run.Result.GetProperty("reason").GetString().ShouldBe("Stopped after step 2 of 6: enough.");
        run.Result.GetProperty("weightsSha256").GetString().ShouldBe("abba");
        worker.Received.Single(message => message.StopRequested is not null).StopRequested.Reason.ShouldBe("enough.");
    }

    [Fact]
    public async Task Interrupt_WhileWaiting_StopsAtOnce()
    {
        using var run = await TestRun.StartAsync(_directory["out"]);
        using var worker = await run.ConnectAsync("w");
        worker.Before = message =>
        {
            if (message.Welcome is not null) run.Stop();
            return Task.FromResult(false);
        };

        (await worker.RunAsync()).Finished.State.ShouldBe("stopped");
        (await run.ExitCode).ShouldBe(130);
    }

    [Fact]
    public async Task FileOfTheRunCantBeWritten_WorkersHearOfIt_AndTheCoordinatorFailsInOrder()
    {
        using var run = await TestRun.StartAsync(_directory["out"]);
        using var worker = await run.ConnectAsync("w");
        worker.Before = message =>
        {
            if (message.Welcome is null) return Task.FromResult(false);
            Directory.CreateDirectory(Path.Combine(_directory["out"], "result.json", "in the way"));
            run.Stop();
            return Task.FromResult(false);
        };

        var finished = (await worker.RunAsync()).Finished;
        finished.State.ShouldBe("failed");
        finished.Reason.ShouldContain("result.json");
        (await run.ExitCode).ShouldBe(1);
    }

    [Fact]
    public async Task Watch_ShowsTheRunAndEndsWithItsFinalState()
    {
        using var run = await TestRun.StartAsync(_directory["out"]);
        using var channel = GrpcChannel.ForAddress(run.Url);
        var client = new Operator.OperatorClient(channel);
        using var watch = client.Watch(new StatusRequest(), cancellationToken: Cancel);
        (await watch.ResponseStream.MoveNext(Cancel)).ShouldBeTrue();
        watch.ResponseStream.Current.State.ShouldBe("waiting");
        watch.ResponseStream.Current.Output.ShouldBe(_directory["out"]);

        using var worker = await run.ConnectAsync("w");
        RunStatus? training = null;
        worker.BeforeStep = async step =>
        {
            if (step == 3)
            {
                do await watch.ResponseStream.MoveNext(Cancel);
                while (watch.ResponseStream.Current.Step < 2);
                training = await client.GetStatusAsync(new StatusRequest(), cancellationToken: Cancel);
            }
            return true;
        };
        await worker.RunAsync();
        var seen = await watch.ResponseStream.ReadAllAsync(Cancel).ToListAsync(Cancel);

        training.ShouldNotBeNull();
        training.State.ShouldBe("training");
        (training.Step, training.TotalSteps, training.Generation).ShouldBe((2, 6, 1));
        training.Workers.Single().ShouldSatisfyAllConditions(
            worker => worker.State.ShouldBe("training"), worker => worker.Rank.ShouldBe(0), worker => worker.MicroBatchCount.ShouldBe(6));
        training.SecondsLeft.ShouldBe(1, 1e-9); // 4 steps of 12 samples at 48 a second
        var last = seen[^1];
        last.State.ShouldBe("finished");
        last.Reason.ShouldBe("All 6 steps are done.");
        last.Step.ShouldBe(6);
        last.LastEvaluation.Top1.ShouldBe(5.0 / 23);
        last.LastStep.Loss.ShouldBe(6);
        last.Events.ShouldContain("Worker w on 127.0.0.1 (cpu) has joined.");
        (await run.ExitCode).ShouldBe(0);
    }

    [Fact]
    public async Task SessionThatDoesNotBeginWithHello_IsRefused()
    {
        using var run = await TestRun.StartAsync(_directory["out"]);
        using var channel = GrpcChannel.ForAddress(run.Url);
        using var call = new WorkerSession.WorkerSessionClient(channel).Open(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(new WorkerMessage { Heartbeat = new Heartbeat() }, Cancel);

        (await Should.ThrowAsync<RpcException>(call.ResponseStream.MoveNext(Cancel))).StatusCode.ShouldBe(StatusCode.InvalidArgument);
        run.Stop();
        (await run.ExitCode).ShouldBe(130);
    }
}
