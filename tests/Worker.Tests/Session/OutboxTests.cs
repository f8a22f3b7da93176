using Inception.Distributed.Protocol;
using Inception.Distributed.Worker.Session;

namespace Inception.Distributed.Worker.Tests.Session;

public class OutboxTests
{
    private readonly Outbox _outbox = new();

    [Fact]
    public async Task Messages_AreNumberedAndSentOnce()
    {
        Send(3);
        (await TakeAsync(3)).ShouldBe([1, 2, 3]);
        Send(1);
        (await TakeAsync(1)).ShouldBe([4]);
    }

    [Fact]
    public async Task ResumeAfter_WhatTheCoordinatorLacks_IsSentAgainInOrder()
    {
        Send(5);
        await TakeAsync(4);
        _outbox.Acknowledge(1);
        _outbox.ResumeAfter(2);
        (await TakeAsync(3)).ShouldBe([3, 4, 5]);
    }

    [Fact]
    public async Task ResumeAfter_ACoordinatorThatWasStartedAnew_GetsAllThatIsNotAcknowledged()
    {
        Send(5);
        await TakeAsync(5);
        _outbox.Acknowledge(3);
        _outbox.ResumeAfter(0);
        (await TakeAsync(2)).ShouldBe([4, 5]);
    }

    [Fact]
    public async Task Acknowledge_OutOfOrderOrTwice_ChangesNothing()
    {
        Send(3);
        foreach (var sequence in new long[] { 2, 1, 2, 99, -1 }) _outbox.Acknowledge(sequence);
        _outbox.ResumeAfter(0);
        Send(1);
        (await TakeAsync(1)).ShouldBe([4]);
    }

    [Fact]
    public async Task Heartbeats_WaitBehindMessages_AndOnlyTheNewestIsSent()
    {
        _outbox.Beat(new Heartbeat { Step = 1 });
        _outbox.Beat(new Heartbeat { Step = 2 });
        Send(1);
        (await NextAsync())!.Sequence.ShouldBe(1);
        var heartbeat = await NextAsync();
        (heartbeat!.Sequence, heartbeat.Heartbeat.Step).ShouldBe((0, 2));
        _outbox.ResumeAfter(1);
        _outbox.Complete();
        (await NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Next_WaitsForAMessage()
    {
        var next = NextAsync();
        next.IsCompleted.ShouldBeFalse();
        Send(1);
        (await next)!.Sequence.ShouldBe(1);
    }

    private void Send(int count)
    {
        for (var index = 0; index < count; index++) _outbox.Send(new WorkerMessage { StepReport = new StepReport() });
    }

    private async Task<List<long>> TakeAsync(int count)
    {
        var taken = new List<long>();
        for (var index = 0; index < count; index++) taken.Add((await NextAsync())!.Sequence);
        return taken;
    }

    private Task<WorkerMessage?> NextAsync() => _outbox.NextAsync(TestContext.Current.CancellationToken).AsTask();
}
