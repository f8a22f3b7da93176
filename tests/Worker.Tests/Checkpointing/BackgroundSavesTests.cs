using System.Threading.Channels;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Worker.Checkpointing;
using Inception.Distributed.Worker.Session;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inception.Distributed.Worker.Tests.Checkpointing;

/// <summary>A disk that is full, slow or gone costs checkpoints; it neither ends the training nor holds it up.</summary>
public sealed class BackgroundSavesTests : IOutbox
{
    private static readonly CheckpointSpec Policy = new() { Retries = 2, RetryDelay = 2, Timeout = 600 };
    private static readonly SaveTarget Ten = new("/c/step-00000010", 10, 1), Twenty = new("/c/step-00000020", 20, 1);
    private static readonly CommittedCheckpoint Committed = new("/c", "feed", 7);

    private readonly SteppedTime _time = new();
    private readonly Channel<CheckpointReport> _reports = Channel.CreateUnbounded<CheckpointReport>();
    private readonly BackgroundSaves _saves;

    public BackgroundSavesTests() => _saves = new BackgroundSaves(Policy, this, _time, NullLogger.Instance);

    void IOutbox.Send(WorkerMessage message) => _reports.Writer.TryWrite(message.CheckpointReport);

    [Fact]
    public async Task Disk_is_full_for_a_while_each_failure_is_told_and_the_save_is_made_in_the_end()
    {
        var tries = 0;
        _saves.Start(Ten, () => ++tries < 3 ? throw new IOException("No space left on device") : Committed);

        (await ReportAsync()).ShouldBe((10, "No space left on device.", 2));
        await _time.ElapseAsync(TimeSpan.FromSeconds(2));
        (await ReportAsync()).ShouldBe((10, "No space left on device.", 4));
        await _time.ElapseAsync(TimeSpan.FromSeconds(4));
        (await ReportAsync()).ShouldBe((10, "", 0));
        _saves.Flush();
        tries.ShouldBe(3);
    }

    [Fact]
    public async Task Disk_stays_read_only_the_save_is_given_up_and_the_next_one_is_begun()
    {
        _saves.Start(Ten, () => throw new UnauthorizedAccessException("Read-only."));
        (await ReportAsync()).RetryIn.ShouldBe(2);
        await _time.ElapseAsync(TimeSpan.FromSeconds(2));
        (await ReportAsync()).RetryIn.ShouldBe(4);
        await _time.ElapseAsync(TimeSpan.FromSeconds(4));
        (await ReportAsync()).ShouldBe((10, "Read-only.", 0));

        _saves.MakeWay(Twenty, isRequired: false).ShouldBeTrue();
        _saves.Start(Twenty, () => Committed);
        (await ReportAsync()).ShouldBe((20, "", 0));
    }

    [Fact]
    public async Task Next_one_is_due_while_the_last_waits_to_be_tried_again_it_gives_way()
    {
        _saves.Start(Ten, () => throw new IOException("Input/output error"));
        await ReportAsync();
        _saves.MakeWay(Twenty, isRequired: false).ShouldBeTrue();
        (await ReportAsync()).ShouldBe((10, "Input/output error. The next one is due, so it is not tried again.", 0));
    }

    [Fact]
    public async Task Disk_is_slow_training_waits_a_little_once_and_then_goes_on_without_the_next_ones()
    {
        using var disk = new ManualResetEventSlim();
        _saves.Start(Ten, () => Wait(disk));
        var waiting = OnThread(() => _saves.MakeWay(Twenty, isRequired: false));
        await _time.ElapseAsync(BackgroundSaves.Patience);
        (await waiting).ShouldBeFalse();
        (await ReportAsync()).ShouldBe((20, "The save of step 10 is not done after 5 s, so this one is left out.", 0));
        _saves.MakeWay(Twenty with { Step = 30 }, isRequired: false).ShouldBeFalse("patience is over, without another wait");
        (await ReportAsync()).Step.ShouldBe(30);

        var required = OnThread(() => _saves.MakeWay(Twenty with { Step = 40 }, isRequired: true));
        disk.Set();
        (await required).ShouldBeTrue();
        (await ReportAsync()).ShouldBe((10, "", 0));
    }

    [Fact]
    public async Task Disk_hangs_the_end_of_the_run_does_not_wait_for_ever()
    {
        using var disk = new ManualResetEventSlim();
        _saves.Start(Ten, () => Wait(disk));
        var flushing = OnThread(() =>
        {
            _saves.Flush();
            return true;
        });
        await _time.ElapseAsync(TimeSpan.FromSeconds(600));
        await flushing;
        (await ReportAsync()).ShouldBe((10, "It is not done after 600 s (checkpoint.timeout), and is waited for no longer.", 0));
        _saves.IsIdle.ShouldBeFalse();
        disk.Set();
    }

    [Fact]
    public void An_error_that_no_disk_is_to_blame_for_is_not_lost()
    {
        _saves.Start(Ten, () => throw new InvalidOperationException("a broken invariant"));
        Should.Throw<InvalidOperationException>(_saves.Flush);
    }

    private static CommittedCheckpoint Wait(ManualResetEventSlim disk)
    {
        disk.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        return Committed;
    }

    private static Task<bool> OnThread(Func<bool> action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task<(long Step, string Error, double RetryIn)> ReportAsync()
    {
        var report = await _reports.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        return (report.Step, report.Error, report.RetryIn);
    }
}
