using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>A sample that can't be trained on, and why.</summary>
public sealed record CorruptSample(long Sample, string Name, string Problem);

/// <summary>
/// Decodes a whole dataset to find what is damaged. Every byte of a file goes through its decoder; of a JPEG, the coded coefficients all do,
/// and are then transformed at an eighth of the size, which finds the same damage in less time.
/// </summary>
public static class Verification
{
    /// <param name="data">Its limits hold.</param>
    /// <returns>In the order of the samples.</returns>
    public static IReadOnlyList<CorruptSample> Run(IDataset dataset, DataSpec data, int threads, ScanProgress progress, CancellationToken cancellationToken)
    {
        var corrupt = new SortedDictionary<long, string>();
        var workers = Enumerable.Range(0, threads).Select(_ => new Decoding(dataset, data)).ToList();
        SampleScan.Run(workers, 0, dataset.Count, Visit, progress, cancellationToken);
        return [.. corrupt.Select(entry => new CorruptSample(entry.Key, dataset.Name(entry.Key), entry.Value))];

        void Visit(Decoding worker, long sample)
        {
            if (worker.ProblemOf(sample) is not { } problem) return;
            lock (corrupt) corrupt.Add(sample, problem);
        }
    }

    private sealed class Decoding(IDataset dataset, DataSpec data)
    {
        private readonly ByteBuffer _stored = new();
        private readonly ImageDecoder _decoder = new(data with { DctScaling = true, HonourOrientation = false }, scaleDown: true);

        public string? ProblemOf(long sample)
        {
            try
            {
                var stored = dataset.Read(sample, _stored);
                return _decoder.Measure(stored, out var header)
                    ?? _decoder.Decode(stored, header, CropWindow.Whole(header.Height, header.Width), target: 1, out _);
            }
            catch (UserErrorException unreadable)
            {
                return unreadable.Problems[0].Message;
            }
        }
    }
}
