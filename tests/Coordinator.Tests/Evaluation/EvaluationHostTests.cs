using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Inception.Distributed.Coordinator.Evaluation;
using Inception.Distributed.Evaluation;
using Inception.Distributed.Protocol;
using EvaluationResult = Inception.Distributed.Coordinator.Evaluation.EvaluationResult;

namespace Inception.Distributed.Coordinator.Tests.Evaluation;

/// <summary>Whole evaluations over the real protocol, with workers without arithmetic: an image's loss is its number.</summary>
public sealed class EvaluationHostTests
{
    private const long LeftOut = 7;

    private static readonly EvaluationOptions Options = new()
    {
        Job = TestJobs.Small,
        Checkpoints = [new EvaluatedCheckpoint("/checkpoints/step-00000001", "feed")],
        LeftOut = [LeftOut],
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1), InlineData(3), InlineData(7)]
    public async Task EveryImageIsCountedOnce_WhateverTheWorkers(int workers)
    {
        var (url, evaluation, progress, _) = await StartAsync(Cancel);
        var last = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(url, Answer)));

        var result = await evaluation;
        last.ShouldAllBe(message => message.Finished.State == "finished");
        result.SetImages.ShouldBe(TestJobs.ValidationSamples);
        result.DatasetDigest.ShouldBe("abc");
        result.Blocks.SelectMany(block => block).ShouldBe(
            Enumerable.Range(0, (int)TestJobs.ValidationSamples).Where(image => image != LeftOut).Select(image => new ImageOutcome(image, 1, 2, 3, image)));
        result.Workers.ShouldBeInRange(1, workers);
        progress.Max(at => at.EvaluatedImages).ShouldBe(22);
    }

    [Fact]
    public async Task WorkerDies_ItsBlockGoesToAnother()
    {
        var (url, evaluation, _, news) = await StartAsync(Cancel);
        // Takes a block and is gone, without a word.
        await Should.ThrowAsync<InvalidOperationException>(WorkAsync(url, _ => throw new InvalidOperationException("gone")));
        await WorkAsync(url, Answer);

        (await evaluation).Blocks.Sum(block => block.Count).ShouldBe(22);
        news.ShouldHaveSingleItem().ShouldContain(" is gone: it");
    }

    [Fact]
    public async Task WorkerWithOtherData_IsRefusedInOneSentence()
    {
        var (url, evaluation, _, _) = await StartAsync(Cancel);
        var (started, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = WorkAsync(url, order =>
        {
            started.TrySetResult();
            held.Task.Wait(Cancel);
            return Answer(order);
        });
        await started.Task;
        var refused = await WorkAsync(url, Answer, digest: "xyz");
        held.SetResult();

        refused.Refused.Reason.ShouldBe(
            "its validation data is xyz, that of the first worker is abc; the figures could differ in the last bits");
        await first;
        (await evaluation).Workers.ShouldBe(1);
    }

    [Fact]
    public async Task WorkerBlamesTheInput_EvaluationEndsWithEveryProblem()
    {
        var (url, evaluation, _, _) = await StartAsync(Cancel);
        using var channel = GrpcChannel.ForAddress(url);
        using var call = new WorkerSession.WorkerSessionClient(channel).Open(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(new WorkerMessage { Hello = new Hello { WorkerId = "w" } }, Cancel);
        await call.RequestStream.WriteAsync(new WorkerMessage { Fatal = new Fatal { Reason = "a: is bad\nb:3: is worse", UserError = true } }, Cancel);

        var error = await Should.ThrowAsync<UserErrorException>(evaluation);
        error.Problems.ShouldBe([new Problem("a", "is bad"), new Problem("b:3", "is worse")]);
    }

    [Fact]
    public async Task Cancelled_WorkersHearOfIt()
    {
        using var stop = new CancellationTokenSource();
        var (url, evaluation, _, _) = await StartAsync(stop.Token);
        var last = await WorkAsync(url, order => { stop.Cancel(); return null; });

        last.Finished.State.ShouldBe("failed");
        await Should.ThrowAsync<OperationCanceledException>(evaluation);
    }

    [Fact]
    public async Task LaterWorkerWithoutTheImages_OthersGoOn()
    {
        var (url, evaluation, _, news) = await StartAsync(Cancel);
        var (started, told) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = WorkAsync(url, order =>
        {
            started.TrySetResult();
            told.Task.Wait(Cancel);
            return Answer(order);
        });
        await started.Task;
        using var channel = GrpcChannel.ForAddress(url);
        using var call = new WorkerSession.WorkerSessionClient(channel).Open(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(new WorkerMessage { Hello = new Hello { WorkerId = "late", Host = "10.0.0.9" } }, Cancel);
        await call.RequestStream.WriteAsync(new WorkerMessage { Fatal = new Fatal { Reason = "/data: is not here", UserError = true } }, Cancel);
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(Cancel)) continue; // Until the coordinator has taken it all in.
        told.SetResult();

        await first;
        (await evaluation).Blocks.Sum(block => block.Count).ShouldBe(22);
        news.ShouldContain("Worker late on 10.0.0.9 can't take part: /data: is not here");
    }

    [Fact]
    public async Task WorkerReattaches_ItsLateReportIsDroppedAndEveryImageCountedOnce()
    {
        var (url, evaluation, _, _) = await StartAsync(Cancel);
        var order = new TaskCompletionSource<int>();
        string runId = "";
        await Should.ThrowAsync<InvalidOperationException>(WorkAsync(url, index =>
        {
            order.SetResult(index);
            throw new InvalidOperationException("the connection breaks");
        }, welcomed: welcome => runId = welcome.RunId, id: "w"));

        using var channel = GrpcChannel.ForAddress(url);
        using var call = new WorkerSession.WorkerSessionClient(channel).Open(cancellationToken: Cancel);
        var standing = new Standing { RunId = runId, Fingerprint = Alike("abc") };
        await call.RequestStream.WriteAsync(new WorkerMessage { Hello = new Hello { WorkerId = "w", Standing = standing } }, Cancel);
        var sequence = 1; // The fingerprint's.
        async Task ReportAsync(int index) => await call.RequestStream.WriteAsync(
            new WorkerMessage { Sequence = ++sequence, EvaluationReport = new EvaluationReport { Blocks = { Answer(index) } } }, Cancel);

        (await call.ResponseStream.MoveNext(Cancel)).ShouldBeTrue();
        call.ResponseStream.Current.Welcome.LastSequence.ShouldBe(1);
        await ReportAsync(await order.Task);
        while (await call.ResponseStream.MoveNext(Cancel) && call.ResponseStream.Current.Finished is null)
            await ReportAsync(call.ResponseStream.Current.Order.EvaluateBlock.Index);

        (await evaluation).Blocks.Sum(block => block.Count).ShouldBe(22);
    }

    [Fact]
    public async Task WorkerLeaves_ItsBlockIsDoneFirst()
    {
        var (url, evaluation, _, _) = await StartAsync(Cancel);
        var asked = 0;
        var last = await WorkAsync(url, index => { asked++; return Answer(index); }, leaves: true);

        last.Finished.State.ShouldBe("drained");
        asked.ShouldBeLessThanOrEqualTo(1);
        await WorkAsync(url, Answer);
        (await evaluation).Blocks.Sum(block => block.Count).ShouldBe(22);
    }

    private static Fingerprint Alike(string digest) =>
        new() { ValidationSamples = TestJobs.ValidationSamples, Properties = { ["validation data"] = digest } };

    private static async Task<(Uri Url, Task<EvaluationResult> Evaluation, ConcurrentQueue<EvaluationProgress> Progress, ConcurrentQueue<string> News)> StartAsync(CancellationToken stop)
    {
        var (progress, news) = (new ConcurrentQueue<EvaluationProgress>(), new ConcurrentQueue<string>());
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var evaluation = EvaluationHost.RunAsync(Options, listening.SetResult, progress.Enqueue, news.Enqueue, stop);
        await Task.WhenAny(listening.Task, evaluation);
        return (await listening.Task, evaluation, progress, news);
    }

    private static EvaluationBlock Answer(int index)
    {
        var images = Enumerable.Range(0, (int)TestJobs.ValidationSamples).Where(image => image != LeftOut)
            .Chunk(TestJobs.EvaluationBlock).ElementAt(index);
        var outcomes = new ImageOutcomes();
        foreach (var image in images)
        {
            outcomes.Images.Add(image);
            outcomes.Labels.Add(1);
            outcomes.Predictions.Add(2);
            outcomes.Ranks.Add(3);
            outcomes.Losses.Add(image);
        }

        return new EvaluationBlock { Index = index, Images = images.Length, Outcomes = outcomes };
    }

    /// <summary>Works until the coordinator's last word, which is returned. No answer: the order stays unanswered.</summary>
    private static async Task<CoordinatorMessage> WorkAsync(
        Uri url, Func<int, EvaluationBlock?> answer, string digest = "abc", Action<Welcome>? welcomed = null, bool leaves = false, string? id = null)
    {
        id ??= Guid.NewGuid().ToString();
        var sequence = 0;
        using var channel = GrpcChannel.ForAddress(url);
        using var call = new WorkerSession.WorkerSessionClient(channel).Open(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(new WorkerMessage { Hello = new Hello { WorkerId = id } }, Cancel);
        await foreach (var message in call.ResponseStream.ReadAllAsync(Cancel))
        {
            switch (message.MessageCase)
            {
                case CoordinatorMessage.MessageOneofCase.Welcome:
                    message.Welcome.Evaluation.LeftOut.ShouldBe([LeftOut]);
                    welcomed?.Invoke(message.Welcome);
                    await call.RequestStream.WriteAsync(new WorkerMessage { Sequence = ++sequence, Fingerprint = Alike(digest) }, Cancel);
                    if (leaves) await call.RequestStream.WriteAsync(new WorkerMessage { Sequence = ++sequence, Leaving = new Leaving() }, Cancel);
                    break;
                case CoordinatorMessage.MessageOneofCase.Order:
                    if (answer(message.Order.EvaluateBlock.Index) is { } block)
                        await call.RequestStream.WriteAsync(new WorkerMessage { Sequence = ++sequence, EvaluationReport = new EvaluationReport { Blocks = { block } } }, Cancel);
                    break;
                default:
                    await call.RequestStream.CompleteAsync();
                    return message;
            }
        }

        throw new InvalidOperationException("The coordinator closed the session without a last word.");
    }
}
