using System.Diagnostics;

namespace Inception.Distributed.Worker.Data;

/// <summary>What a <see cref="BatchBuilder"/> does with a sample, in this order.</summary>
/// <remarks>Where a resize interpolates floats (idx, synthetic), scaling writes to the batch itself and nothing is left to copy.</remarks>
public enum Stage { Read, Decode, Scale, Colour, Copy }

/// <summary>Where a builder's time goes. One thread writes; figures of another thread's may lag by a sample.</summary>
public sealed class StageClock
{
    private readonly long[] _ticks = new long[Enum.GetValues<Stage>().Length];
    private long _last;
    private long _images;
    private long _bytes;

    /// <summary>Samples that went through the last stage.</summary>
    public long Images => Volatile.Read(ref _images);

    /// <summary>Stored bytes of the samples read.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public double SecondsOf(Stage stage) => (double)Volatile.Read(ref _ticks[(int)stage]) / Stopwatch.Frequency;

    internal void Begin() => _last = Stopwatch.GetTimestamp();

    /// <summary>The time since the last call belongs to this stage.</summary>
    internal void End(Stage stage)
    {
        var now = Stopwatch.GetTimestamp();
        Volatile.Write(ref _ticks[(int)stage], _ticks[(int)stage] + now - _last);
        _last = now;
    }

    internal void EndRead(int bytes)
    {
        End(Stage.Read);
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    internal void Finish() => Volatile.Write(ref _images, _images + 1);
}
