using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Hosting;

/// <summary>A coordinator whose process is told to go in the midst of its run, and one that stays when the run has ended.</summary>
public sealed class StayTests : IDisposable
{
    private const int HandedOver = 143;
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task HandOver_InTheMidst_LeavesTheRunToTheNextProcessOnTheSamePort()
    {
        using var first = await TestRun.StartAsync(_directory["out"], stay: true);
        using var worker = await first.ConnectAsync("w");
        worker.BeforeStep = async step =>
        {
            if (step < 3) return true;
            // This worker does not say again what was not heard.
            while ((await StatusAsync(first)).Step < 2) await Task.Delay(10, Cancel);
            first.HandOver();
            return false;
        };
        worker.SkipsCompletion = () => true;
        (await worker.RunAsync()).Finished.ShouldBeNull("the session ends without a last word");

        (await first.ExitCode).ShouldBe(HandedOver);
        File.Exists(_directory["out/result.json"]).ShouldBeFalse();
        File.Exists(_directory["out/coordinator.json"]).ShouldBeFalse();

        using var second = await TestRun.StartAsync(_directory["out"], stay: true, listen: first.Url.Authority);
        var status = await StatusAsync(second);
        (status.State, status.Step, status.WaitingFor).ShouldBe(("training", 2, "w to come back"));
        using var back = await second.ConnectAsync("w", new Standing { RunId = status.RunId, Epoch = 1, Generation = 1, HeldGeneration = 1, HeldStep = 2 });
        back.GoOn(worker);
        var end = back.RunAsync();
        (await end).Finished.State.ShouldBe("finished");
        second.Lines("log.jsonl").Select(line => line.GetProperty("step").GetInt64()).ShouldBe([1, 2, 3, 4, 5, 6]);
        second.HandOver();
        (await second.ExitCode).ShouldBe(0);
    }

    [Fact]
    public async Task FinishedRun_StaysUp_AndIsServedButNotTrainedByTheNextProcess()
    {
        using var first = await TestRun.StartAsync(_directory["out"], stay: true);
        using (var worker = await first.ConnectAsync("w")) (await worker.RunAsync()).Finished.State.ShouldBe("finished");
        (await StatusAsync(first)).State.ShouldBe("finished");
        first.HandOver();
        (await first.ExitCode).ShouldBe(0);
        var result = await File.ReadAllTextAsync(_directory["out/result.json"], Cancel);

        using var second = await TestRun.StartAsync(_directory["out"], stay: true);
        using (var late = await second.ConnectAsync("late"))
        {
            (await late.RunAsync()).Finished.State.ShouldBe("finished");
            late.Received.Count.ShouldBe(1, "it is welcomed to nothing");
        }
        var status = await StatusAsync(second);
        (status.State, status.Step, status.LastEvaluation.Top1).ShouldBe(("finished", 6, 5.0 / 23));
        second.HandOver();
        (await second.ExitCode).ShouldBe(0);
        (await File.ReadAllTextAsync(_directory["out/result.json"], Cancel)).ShouldBe(result);
    }

    [Fact]
    public async Task StoppedBeforeAnyStep_TheSameCommandBeginsTheRun()
    {
        using var first = await TestRun.StartAsync(_directory["out"], stay: true);
        first.Stop();
        (await first.ExitCode).ShouldBe(130, "an interrupt ends a process that would stay");

        using var second = await TestRun.StartAsync(_directory["out"], stay: true);
        using var worker = await second.ConnectAsync("w");
        (await worker.RunAsync()).Finished.State.ShouldBe("finished");
        second.Stop();
        (await second.ExitCode).ShouldBe(0);
    }

    [Fact]
    public async Task HandOver_EndsAWatchWithItsReason()
    {
        using var run = await TestRun.StartAsync(_directory["out"]);
        using var channel = GrpcChannel.ForAddress(run.Url);
        using var watch = new Operator.OperatorClient(channel).Watch(new StatusRequest(), cancellationToken: Cancel);
        await watch.ResponseStream.MoveNext(Cancel);
        run.HandOver();

        var error = await Should.ThrowAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(Cancel)) { }
        });
        (error.StatusCode, error.Status.Detail).ShouldBe((StatusCode.Unavailable, "this coordinator has left the run to the next one"));
        (await run.ExitCode).ShouldBe(HandedOver);
    }

    private static async Task<RunStatus> StatusAsync(TestRun run)
    {
        using var channel = GrpcChannel.ForAddress(run.Url);
        return await new Operator.OperatorClient(channel).GetStatusAsync(new StatusRequest(), cancellationToken: Cancel);
    }
}
