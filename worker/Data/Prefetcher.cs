using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Inception.Distributed.Jobs;
using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Prepares one rank's micro-batches, in the order in which they are trained, on a thread of its own and a few ahead. One consumer.
/// A new generation needs a new one, since ranges change.
/// </summary>
public sealed class Prefetcher : IDisposable
{
    private const int Buffers = 3;

    private readonly BlockingCollection<MicroBatch> _free = [];
    private readonly BlockingCollection<MicroBatch> _ready = [];
    private readonly CancellationTokenSource _disposed = new();
    private readonly BatchBuilder _builder;
    private readonly SampleOrder _order;
    private readonly BatchSpec _batch;
    private readonly MicroBatchRange _range;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;
    private MicroBatch? _taken;

    /// <param name="builder">Belongs to the prefetcher from now on.</param>
    /// <param name="firstStep">Steps applied before the first one to prepare.</param>
    /// <param name="totalSteps">Steps of the run: nothing is prepared beyond its end.</param>
    public Prefetcher(BatchBuilder builder, SampleOrder order, BatchSpec batch, MicroBatchRange range, long firstStep, long totalSteps)
    {
        (_builder, _order, _batch, _range) = (builder, order, batch, range);
        for (var i = 0; i < Buffers; i++)
        {
            _free.Add(new MicroBatch(batch.MicroBatchSize, builder.ImageElements));
        }

        _thread = new Thread(() => Prepare(firstStep, totalSteps)) { IsBackground = true, Name = "prefetcher" };
        _thread.Start();
    }

    /// <summary>The next micro-batch, waiting for it where need be. It stays untouched until the next call.</summary>
    /// <exception cref="InvalidOperationException">Another micro-batch is next, or the run ends before this one.</exception>
    /// <exception cref="UserErrorException">A sample can't be read.</exception>
    public MicroBatch Take(long step, int microBatch, CancellationToken cancellationToken)
    {
        if (_taken is not null)
        {
            _free.Add(_taken, CancellationToken.None);
            _taken = null;
        }

        if (!_ready.TryTake(out _taken, Timeout.Infinite, cancellationToken))
        {
            _failure?.Throw();
            throw new InvalidOperationException($"Micro-batch {microBatch} of step {step} lies beyond the end of the run.");
        }

        return (_taken.Step, _taken.Index) == (step, microBatch)
            ? _taken
            : throw new InvalidOperationException($"Micro-batch {_taken.Index} of step {_taken.Step} is next, not {microBatch} of {step}.");
    }

    /// <summary>Ends the thread. Buffers handed out stay as they are.</summary>
    public void Dispose()
    {
        _disposed.Cancel();
        _thread.Join();
        _free.Dispose();
        _ready.Dispose();
        _disposed.Dispose();
    }

    private void Prepare(long firstStep, long totalSteps)
    {
        try
        {
            for (var step = firstStep; step < totalSteps; step++)
            {
                for (var index = _range.First; index < _range.End; index++)
                {
                    var microBatch = _free.Take(_disposed.Token);
                    (microBatch.Step, microBatch.Index) = (step, index);
                    _order.Fill(step * _batch.Global + (long)index * _batch.MicroBatchSize, microBatch.Samples);
                    _builder.Fill(microBatch.Samples, training: true, microBatch.Images, microBatch.Labels);
                    _ready.Add(microBatch);
                }
            }
        }
        catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
        {
            // Disposed: nobody takes any more.
        }
        catch (Exception exception)
        {
            // Whatever it is, it belongs to the consumer, who meets it after the micro-batches prepared before.
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }
}
