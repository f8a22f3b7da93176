using System.Runtime.ExceptionServices;

namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>How far something is. Counted by many threads, read by any.</summary>
public sealed class ScanProgress
{
    private long _samples;

    public long Samples => Volatile.Read(ref _samples);

    internal void Add(int samples) => Interlocked.Add(ref _samples, samples);
}

/// <summary>Goes through consecutive samples on several threads.</summary>
internal static class SampleScan
{
    // Neighbours lie side by side on a disk.
    private const int Portion = 16;

    /// <param name="workers">One for each thread: what a thread needs for itself.</param>
    /// <param name="visit">Told the worker and a position in [first, end), each of them once.</param>
    /// <exception cref="OperationCanceledException">Not all positions have been visited.</exception>
    public static void Run<TWorker>(
        IReadOnlyList<TWorker> workers, long first, long end, Action<TWorker, long> visit, ScanProgress progress, CancellationToken cancellationToken)
    {
        var next = first;
        ExceptionDispatchInfo? failure = null;
        var threads = workers.Select((worker, i) => new Thread(() => Work(worker)) { IsBackground = true, Name = $"scan {i}" }).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        failure?.Throw();
        cancellationToken.ThrowIfCancellationRequested();

        void Work(TWorker worker)
        {
            try
            {
                while (failure is null && !cancellationToken.IsCancellationRequested)
                {
                    var from = Interlocked.Add(ref next, Portion) - Portion;
                    if (from >= end) return;
                    var to = Math.Min(end, from + Portion);
                    for (var position = from; position < to; position++) visit(worker, position);
                    progress.Add((int)(to - from));
                }
            }
            catch (Exception exception)
            {
                // It belongs to the caller.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            }
        }
    }
}
