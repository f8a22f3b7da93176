using System.Globalization;
using Inception.Distributed.Cli.Launch;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>What a process holds.</summary>
/// <param name="Seconds">Since the watch began.</param>
/// <param name="Memory">Resident bytes.</param>
/// <param name="Descriptors">Open files and sockets.</param>
internal sealed record ProcessSample(double Seconds, long Memory, int Descriptors, int Threads);

/// <summary>Looks once a second at what each child holds.</summary>
internal sealed class ProcessWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<(string Name, ChildProcess Process, List<ProcessSample> Samples)> _watched = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Task _looking;

    public ProcessWatch(TimeProvider time)
    {
        (_time, _start) = (time, time.GetTimestamp());
        _looking = LookAsync();
    }

    /// <summary>All processes that were watched.</summary>
    public IReadOnlyList<WatchedProcess> Processes
    {
        get
        {
            lock (_lock) return [.. _watched.Select(watched => new WatchedProcess(watched.Name, watched.Process.Id, [.. watched.Samples]))];
        }
    }

    public void Add(string name, ChildProcess process)
    {
        lock (_lock) _watched.Add((name, process, []));
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _looking;
        _ended.Dispose();
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token)) Look();
        }
        catch (OperationCanceledException)
        {
            // The watch is over.
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            foreach (var (_, process, samples) in _watched.Where(watched => !watched.Process.Exited.IsCompleted))
            {
                if (Sample(process.Id) is { } sample) samples.Add(sample);
            }
        }
    }

    private ProcessSample? Sample(int process)
    {
        try
        {
            long memory = 0;
            var threads = 0;
            foreach (var line in File.ReadLines($"/proc/{process}/status"))
            {
                // "VmRSS:	  123456 kB", "Threads:	17"; a process that has ended has no memory.
                if (line.StartsWith("VmRSS:", StringComparison.Ordinal)) memory = 1024 * long.Parse(line[6..^3], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
                if (line.StartsWith("Threads:", StringComparison.Ordinal)) threads = int.Parse(line[8..], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            }
            var descriptors = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();
            return memory == 0 ? null : new ProcessSample(_time.GetElapsedTime(_start).TotalSeconds, memory, descriptors, threads);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It has just ended.
        }
    }
}

/// <summary>A process and what it held, second by second.</summary>
internal sealed record WatchedProcess(string Name, int Id, IReadOnlyList<ProcessSample> Samples)
{
    /// <summary>
    /// Seconds of a life that don't count: libraries are loaded and code is compiled. And how long one has to be watched after that before
    /// anything can be said.
    /// </summary>
    private const double WarmUp = 60, Least = 60;

    // Caches fill, and heaps are trimmed when it suits them.
    private const double MemoryAllowance = 0.05, FewBytes = 16 << 20;
    private const int FewDescriptors = 16, FewThreads = 8;

    /// <summary>Seconds.</summary>
    public double Lived => Samples.Count == 0 ? 0 : Samples[^1].Seconds - Samples[0].Seconds;

    public long PeakMemory => Samples.Select(sample => sample.Memory).DefaultIfEmpty(0).Max();

    public bool CanTell => Lived >= WarmUp + Least;

    /// <summary>Medians over the first and the last third of its life after the warm-up.</summary>
    public (ProcessSample First, ProcessSample Last) Ends
    {
        get
        {
            var counted = Samples.Where(sample => sample.Seconds >= Samples[0].Seconds + WarmUp).ToList();
            var third = Math.Max(1, counted.Count / 3);
            return (Median(counted[..third]), Median(counted[^third..]));
        }
    }

    /// <summary>What grew, as a sentence; null: nothing did, or there is too little to tell.</summary>
    public string? Growth()
    {
        if (!CanTell) return null;
        var (first, last) = Ends;
        if (last.Memory - first.Memory > FewBytes + MemoryAllowance * first.Memory)
            return string.Create(CultureInfo.InvariantCulture, $"{Name}'s memory grew from {first.Memory / 1e6:0} to {last.Memory / 1e6:0} MB in {Lived:0} s");
        if (last.Descriptors - first.Descriptors > FewDescriptors) return string.Create(CultureInfo.InvariantCulture, $"{Name}'s open files grew from {first.Descriptors} to {last.Descriptors} in {Lived:0} s");
        return last.Threads - first.Threads > FewThreads ? string.Create(CultureInfo.InvariantCulture, $"{Name}'s threads grew from {first.Threads} to {last.Threads} in {Lived:0} s") : null;
    }

    private static ProcessSample Median(List<ProcessSample> samples) => new(
        samples[samples.Count / 2].Seconds, Middle(samples, sample => sample.Memory), (int)Middle(samples, sample => sample.Descriptors), (int)Middle(samples, sample => sample.Threads));

    private static long Middle(List<ProcessSample> samples, Func<ProcessSample, long> of) => samples.Select(of).Order().ElementAt(samples.Count / 2);
}
