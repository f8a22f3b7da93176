using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Extensions;

public sealed class ProcessGroupTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private readonly List<ProcessGroup> _groups = [];

    [Fact]
    public async Task SendAndReceive_SlicesOfFlatTensors_Arrive()
    {
        var ranks = await FormAsync(2);
        using var source = arange(1000, float32);
        using var target = zeros(1000, float32);
        using var from = source.narrow(0, 100, 500);
        using var to = target.narrow(0, 300, 500);

        using var received = ranks[1].Receive(to, source: 0, tag: 3);
        using var sent = ranks[0].Send(from, destination: 1, tag: 3);
        sent.Wait();
        received.Wait();

        received.IsCompleted.ShouldBeTrue();
        var values = target.data<float>().ToArray();
        values[299].ShouldBe(0);
        values[300..800].ShouldBe(Enumerable.Range(100, 500).Select(value => (float)value));
        values[800].ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Collectives_AnySize_Agree(int size)
    {
        var ranks = await FormAsync(size);
        await Task.WhenAll(ranks.Select(group => Task.Run(() =>
        {
            using var sum = full(10, group.Rank + 1, float64);
            using var value = full(10, group.Rank + 1, float64);
            using (var work = group.AllReduceSum(sum))
                work.Wait();
            using (var work = group.Broadcast(value, root: size - 1))
                work.Wait();
            using (var work = group.Barrier())
                work.Wait();
            sum.data<double>()[0].ShouldBe(size * (size + 1) / 2);
            value.data<double>()[0].ShouldBe(size);
        })));
    }

    [Fact]
    public async Task Abort_OperationInFlight_EndsItAtOnceAndThePeerSeesALostConnection()
    {
        var ranks = await FormAsync(2);
        using var values = zeros(1000, float32);
        using var others = zeros(1000, float32);
        using var pending = ranks[0].Receive(values, source: 1, tag: 0);
        using var ofThePeer = ranks[1].Receive(others, source: 0, tag: 0);
        var waiting = Task.Run(pending.Wait, TestContext.Current.CancellationToken);

        var clock = Stopwatch.StartNew();
        Parallel.Invoke(ranks[0].Abort, ranks[0].Abort);

        (await Should.ThrowAsync<CollectiveAbortedException>(waiting)).Message.ShouldBe("receive from rank 1: the process group was shut down");
        Should.Throw<PeerLostException>(ofThePeer.Wait).Message.ShouldStartWith("receive from rank 0: ");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        Should.Throw<CollectiveAbortedException>(() => ranks[0].Send(values, destination: 1, tag: 0));
        Should.Throw<CollectiveAbortedException>(pending.Wait);
    }

    // Gloo itself would wait for its time-out.
    [Fact]
    public async Task Abort_PeerIsLostInTheMidstOfATransfer_EndsTheWaitAtOnce()
    {
        var ranks = await FormAsync(2);
        // More than the sockets take, so that some of it is still to be sent.
        using var values = ones(50_000_000, float32);
        using var others = zeros(50_000_000, float32);
        using var received = ranks[1].Receive(others, source: 0, tag: 0);
        using var sent = ranks[0].Send(values, destination: 1, tag: 0);
        SpinWait.SpinUntil(() => others.data<float>()[0] != 0, Timeout).ShouldBeTrue();
        ranks[1].Abort();
        var waiting = Task.Run(sent.Wait, TestContext.Current.CancellationToken);

        var clock = Stopwatch.StartNew();
        ranks[0].Abort();

        await Should.ThrowAsync<CollectiveAbortedException>(waiting);
        Should.Throw<CollectiveAbortedException>(received.Wait);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Dispose_WorkStillInFlight_EndsIt()
    {
        var ranks = await FormAsync(2);
        using var values = zeros(1000, float32);
        var pending = ranks[0].Receive(values, source: 1, tag: 0);
        ranks[0].Receive(values, source: 1, tag: 1).Dispose();

        ranks[0].Dispose();

        Should.Throw<CollectiveAbortedException>(pending.Wait);
        pending.Dispose();
        Should.NotThrow(ranks[0].Abort);
        Should.Throw<ObjectDisposedException>(() => ranks[0].Barrier());
    }

    [Fact]
    public async Task Wait_PeerSilent_TimesOut()
    {
        var ranks = await FormAsync(2, TimeSpan.FromMilliseconds(300));
        using var values = zeros(10, float32);
        using var pending = ranks[0].Receive(values, source: 1, tag: 0);
        Should.Throw<CollectiveTimeoutException>(pending.Wait);
    }

    [Fact]
    public void CreateGloo_StoreThrows_ComesOutAsItIs()
    {
        var store = new MemoryStore { WaitFailure = new InvalidDataException("generation 4 was superseded") };
        Should.Throw<InvalidDataException>(() => ProcessGroup.CreateGloo(store, 0, 2, "127.0.0.1", Timeout)).Message.ShouldBe("generation 4 was superseded");
    }

    [Fact]
    public void CreateGloo_PeerNeverComes_TimesOut() =>
        Should.Throw<TimeoutException>(() => ProcessGroup.CreateGloo(new MemoryStore(), 0, 2, "127.0.0.1", TimeSpan.FromMilliseconds(200)));

    // Which side of a pair connects and which one listens is chance, so a few rounds show both; the side that connects may even succeed.
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task CreateGloo_PeerPublishesItsAddressAndNeverConnects_CancellationEndsTheFormingAtOnce(int round)
    {
        using var cancel = new CancellationTokenSource();
        using var notYet = new ManualResetEventSlim();
        using var atOnce = new ManualResetEventSlim(initialState: true);
        var store = new MemoryStore();
        var peerPublished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var published = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var peer = Run(() => ProcessGroup.CreateGloo(new StallingStore(store, peerPublished, notYet), 1, 2, "127.0.0.1", Timeout));
        var forming = Run(() => ProcessGroup.CreateGloo(new StallingStore(store, published, atOnce), 0, 2, "127.0.0.1", Timeout, cancellationToken: cancel.Token));
        await Task.WhenAll(peerPublished.Task, published.Task).WaitAsync(Timeout, TestContext.Current.CancellationToken);

        var clock = Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Task.WhenAny(forming);

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5), $"round {round}");
        if (forming.IsCompletedSuccessfully) (await forming).Dispose();
        else (await Should.ThrowAsync<CollectiveAbortedException>(forming)).Message.ShouldContain("shut down");
        notYet.Set();
        await Task.WhenAny(peer);
        if (peer.IsCompletedSuccessfully) (await peer).Dispose();
    }

    [Fact]
    public async Task CreateGloo_CancelledBefore_DoesNotConnect()
    {
        var store = new MemoryStore();
        var ranks = Enumerable.Range(0, 2).Select(rank => Run(() => ProcessGroup.CreateGloo(store, rank, 2, "127.0.0.1", Timeout, cancellationToken: new CancellationToken(canceled: true)))).ToArray();
        foreach (var rank in ranks) await Should.ThrowAsync<CollectiveAbortedException>(rank);
    }

    [Fact]
    public void CreateNccl_BuildWithoutCuda_SaysSo() =>
        Should.Throw<NativeException>(() => ProcessGroup.CreateNccl(new MemoryStore(), 0, 1, Timeout)).Message.ShouldContain("no NCCL");

    [Fact]
    public async Task Send_TensorThatIsNotContiguous_IsRefused()
    {
        var ranks = await FormAsync(1);
        using var matrix = zeros([4, 4], float32);
        using var transposed = matrix.transpose(0, 1);
        using var column = transposed.narrow(0, 0, 2);
        Should.Throw<ArgumentException>(() => ranks[0].Send(column, 0, 0)).Message.ShouldContain("not contiguous");
    }

    private static Task<ProcessGroup> Run(Func<ProcessGroup> create) =>
        Task.Factory.StartNew(create, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        foreach (var group in _groups)
            group.Dispose();
    }

    private async Task<ProcessGroup[]> FormAsync(int size, TimeSpan? timeout = null)
    {
        var store = new MemoryStore();
        var groups = await Task.WhenAll(Enumerable.Range(0, size).Select(rank =>
            Run(() => ProcessGroup.CreateGloo(store, rank, size, "127.0.0.1", timeout ?? Timeout))));
        _groups.AddRange(groups);
        return groups;
    }
}
