using System.Runtime.ExceptionServices;
using Inception.Distributed.Torch;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Collectives;

/// <summary>
/// The one thread that issues a generation's collectives, step by step, in one fixed order on all ranks: the records, then the
/// buckets ascending, one started ahead of the one that is finished. The training thread only marks buckets ready.
/// </summary>
internal sealed class Communicator : IDisposable
{
    private readonly object _lock = new();
    private readonly StepRecords _records;
    private readonly IBucketExchange _exchange;
    private readonly int _buckets;
    private readonly bool[] _ready;
    private readonly Thread _thread;

    // All guarded by _lock. A step is under way while _step is not null.
    private long? _step;
    private bool _recordsReady;
    private bool _closed;
    private int _bucket;
    private ExceptionDispatchInfo? _failure;

    public Communicator(StepRecords records, IBucketExchange exchange, int buckets, int threads)
    {
        _records = records;
        _exchange = exchange;
        _buckets = buckets;
        _ready = new bool[buckets];
        _thread = new Thread(() => Run(threads)) { Name = "communicator", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The bucket last started, for reports of where a collective hangs.</summary>
    public int CurrentBucket => Volatile.Read(ref _bucket);

    /// <summary>A step has begun and is not whole.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock) return _step is not null;
        }
    }

    /// <summary>Throws what <see cref="CompleteStep"/> would throw, if it is known already.</summary>
    public void ThrowIfFailed()
    {
        lock (_lock) _failure?.Throw();
    }

    public void BeginStep(long step)
    {
        lock (_lock)
        {
            Array.Clear(_ready);
            _recordsReady = false;
            _failure = null;
            _step = step;
            Monitor.PulseAll(_lock);
        }
    }

    public void RecordsReady()
    {
        lock (_lock)
        {
            _recordsReady = true;
            Monitor.PulseAll(_lock);
        }
    }

    public void BucketReady(int bucket)
    {
        lock (_lock)
        {
            _ready[bucket] = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until everything of the step is reduced.</summary>
    /// <exception cref="PeerLostException">A peer's connection broke.</exception>
    /// <exception cref="CollectiveAbortedException">The group was aborted.</exception>
    /// <exception cref="ProtocolViolationException">A message was not the one that was due.</exception>
    public void CompleteStep()
    {
        lock (_lock)
        {
            while (_step is not null) Monitor.Wait(_lock);
            _failure?.Throw();
        }
    }

    /// <summary>Ends the thread. A step under way must have been completed, or the group aborted.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }

        _thread.Join();
    }

    private void Run(int threads)
    {
        // OpenMP's setting is a thread's own.
        TorchRuntime.SetThreads(threads);
        while (WaitForStep() is { } step)
        {
            try
            {
                RunStep(step);
            }
            catch (Exception exception)
            {
                lock (_lock) _failure = ExceptionDispatchInfo.Capture(exception);
            }

            lock (_lock)
            {
                _step = null;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private void RunStep(long step)
    {
        // The views of staging buffers that a step makes; a transfer holds on to its own.
        using var scope = NewDisposeScope();
        if (!WaitUntil(() => _recordsReady)) return;
        _records.Start(step);
        for (var bucket = 0; bucket < _buckets; bucket++)
        {
            var next = bucket;
            if (!WaitUntil(() => _ready[next])) return;
            Volatile.Write(ref _bucket, bucket);
            _exchange.Start(step, bucket);
            if (bucket > 0) _exchange.Finish(step, bucket - 1);
        }

        _exchange.Finish(step, _buckets - 1);
        _records.Finish(step);
    }

    private long? WaitForStep()
    {
        lock (_lock)
        {
            while (_step is null && !_closed) Monitor.Wait(_lock);
            return _closed ? null : _step;
        }
    }

    private bool WaitUntil(Func<bool> condition)
    {
        lock (_lock)
        {
            while (!condition() && !_closed) Monitor.Wait(_lock);
            return condition();
        }
    }
}
