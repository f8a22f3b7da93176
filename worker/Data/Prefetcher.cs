using System.Runtime.ExceptionServices;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Prepares one rank's micro-batches, in the order in which they are trained, on threads of its own and a few micro-batches ahead. The
/// threads share a micro-batch's samples; which one prepares which changes nothing. One consumer. A new generation needs a new one, since
/// ranges change.
/// </summary>
public sealed class Prefetcher : IDisposable
{
    private const int Buffers = 3;

    private readonly object _sync = new();
    private readonly SampleOrder _order;
    private readonly BatchSpec _batch;
    private readonly IReadOnlyList<int> _microBatches;
    private readonly IReadOnlyList<PassedOver> _passed;
    private readonly long _firstStep;
    private readonly long _count;
    private readonly int _portion;
    private readonly Slot[] _slots;
    private readonly Thread[] _threads;

    // Micro-batches are numbered from 0 in the order of training; number n is in slot n % Buffers. Read and written under _sync.
    private long _claimed;
    private int _claimedSamples;
    private long _wanted = -1;
    private bool _disposed;
    private (long Number, ExceptionDispatchInfo Exception)? _failure;

    /// <param name="createBuilder">Called once for each thread.</param>
    /// <param name="microBatches">Of each step, in the order in which they are taken.</param>
    /// <param name="firstStep">Steps applied before the first one to prepare.</param>
    /// <param name="endStep">Nothing is prepared beyond it: the run's number of steps, or less.</param>
    /// <param name="passed">Samples that rollbacks passed over; null: none.</param>
    public Prefetcher(
        Func<BatchBuilder> createBuilder, int threads, SampleOrder order, BatchSpec batch, IReadOnlyList<int> microBatches, long firstStep, long endStep,
        IReadOnlyList<PassedOver>? passed = null)
    {
        (_order, _batch, _microBatches, _firstStep, _passed) = (order, batch, microBatches, firstStep, passed ?? []);
        _count = Math.Max(0, endStep - firstStep) * microBatches.Count;
        // Small enough to keep all threads busy to the end of a micro-batch.
        _portion = Math.Max(1, batch.MicroBatchSize / (4 * threads));
        BatchBuilder[] builders = [.. Enumerable.Range(0, threads).Select(_ => createBuilder())];
        _slots = [.. Enumerable.Range(0, Buffers).Select(_ => new Slot(new MicroBatch(batch.MicroBatchSize, builders[0].ImageElements)))];
        _threads = [.. builders.Select((builder, i) => new Thread(() => Prepare(builder)) { IsBackground = true, Name = $"prefetcher {i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>The next micro-batch, waiting for it where need be. It stays untouched until the next call.</summary>
    /// <exception cref="InvalidOperationException">Another micro-batch is next, or the run ends before this one.</exception>
    /// <exception cref="UserErrorException">A sample can't be read.</exception>
    public MicroBatch Take(long step, int microBatch, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static prefetcher => ((Prefetcher)prefetcher!).WakeAll(), this);
        lock (_sync)
        {
            _wanted++;
            Monitor.PulseAll(_sync);
            if (_wanted >= _count) throw new InvalidOperationException($"Micro-batch {microBatch} of step {step} lies beyond the end of the run.");
            var slot = _slots[_wanted % Buffers];
            while (slot.Finished != _wanted)
            {
                if (_failure is { } failure && failure.Number <= _wanted) failure.Exception.Throw();
                if (cancellationToken.IsCancellationRequested)
                {
                    _wanted--;
                    throw new OperationCanceledException(cancellationToken);
                }

                ObjectDisposedException.ThrowIf(_disposed, this);
                Monitor.Wait(_sync);
            }

            var taken = slot.MicroBatch;
            return (taken.Step, taken.Index) == (step, microBatch)
                ? taken
                : throw new InvalidOperationException($"Micro-batch {taken.Index} of step {taken.Step} is next, not {microBatch} of {step}.");
        }
    }

    /// <summary>Ends the threads after the sample that each is at. Buffers handed out stay as they are.</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            _disposed = true;
            Monitor.PulseAll(_sync);
        }

        foreach (var thread in _threads) thread.Join();
    }

    private void Prepare(BatchBuilder builder)
    {
        while (Claim() is { } work)
        {
            var (microBatch, elements) = (work.Slot.MicroBatch, builder.ImageElements);
            try
            {
                var corrupt = builder.Fill(
                    microBatch.Samples.AsSpan(work.First, work.Count), training: true,
                    microBatch.Images.AsSpan(work.First * elements, work.Count * elements), microBatch.Labels.AsSpan(work.First, work.Count));
                Complete(work, corrupt);
            }
            catch (Exception exception)
            {
                // Whatever it is, it belongs to the consumer, who meets it after the micro-batches prepared before.
                Fail(work.Number, exception);
                return;
            }
        }
    }

    /// <summary>The next samples to prepare, waiting while all buffers are full. Null: there are no more, or nobody wants them.</summary>
    private Work? Claim()
    {
        lock (_sync)
        {
            while (!_disposed && _failure is null && _claimed < _count)
            {
                if (_claimed < Math.Max(0, _wanted) + Buffers) return ClaimNow();
                Monitor.Wait(_sync);
            }

            return null;
        }
    }

    private Work ClaimNow()
    {
        var (number, first) = (_claimed, _claimedSamples);
        var slot = _slots[number % Buffers];
        if (first == 0) Begin(slot.MicroBatch, number);
        var count = Math.Min(_portion, _batch.MicroBatchSize - first);
        _claimedSamples += count;
        if (_claimedSamples == _batch.MicroBatchSize) (_claimed, _claimedSamples) = (_claimed + 1, 0);
        return new Work(slot, number, first, count);
    }

    private void Begin(MicroBatch microBatch, long number)
    {
        var (step, index) = Math.DivRem(number, _microBatches.Count);
        (microBatch.Step, microBatch.Index, microBatch.Corrupt) = (_firstStep + step, _microBatches[(int)index], 0);
        var first = PassedOver.StreamStep(_passed, microBatch.Step) * _batch.Global + (long)microBatch.Index * _batch.MicroBatchSize;
        _order.Fill(first, microBatch.Samples);
    }

    private void Complete(Work work, int corrupt)
    {
        lock (_sync)
        {
            work.Slot.MicroBatch.Corrupt += corrupt;
            work.Slot.Prepared += work.Count;
            if (work.Slot.Prepared < _batch.MicroBatchSize) return;
            (work.Slot.Prepared, work.Slot.Finished) = (0, work.Number);
            Monitor.PulseAll(_sync);
        }
    }

    private void Fail(long number, Exception exception)
    {
        lock (_sync)
        {
            if (_failure is null || number < _failure.Value.Number) _failure = (number, ExceptionDispatchInfo.Capture(exception));
            Monitor.PulseAll(_sync);
        }
    }

    private void WakeAll()
    {
        lock (_sync) Monitor.PulseAll(_sync);
    }

    private sealed class Slot(MicroBatch microBatch)
    {
        public MicroBatch MicroBatch { get; } = microBatch;

        /// <summary>Samples that are ready.</summary>
        public int Prepared { get; set; }

        /// <summary>The number of the last micro-batch that became whole here.</summary>
        public long Finished { get; set; } = -1;
    }

    private readonly record struct Work(Slot Slot, long Number, int First, int Count);
}
