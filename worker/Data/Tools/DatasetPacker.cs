using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>
/// Packs a dataset into tar shards of JPEG files, shuffled: readers that stream shards meet classes mixed. The bytes depend on dataset,
/// options and libjpeg alone, not on threads or interruptions.
/// </summary>
public sealed class DatasetPacker(IDataset dataset, DataSpec data, PackOptions options)
{
    // The order is part of the shards' bytes: one for all.
    private const long OrderSeed = 0;

    // Images a thread prepares before they are written.
    private const int Ahead = 32;

    private readonly SamplePermutation _order = new(OrderSeed, epoch: 0, dataset.Count);
    private readonly List<CorruptSample> _leftOut = [];
    private long _images;
    private long _bytes;
    private long _storedBytes;
    private long _copied;

    /// <exception cref="UserErrorException">The directory holds something else, or a sample can't be read.</exception>
    /// <exception cref="OperationCanceledException">Shards that are whole stay, and a further call goes on after them.</exception>
    /// <exception cref="IOException">The disk is full or fails. Likewise.</exception>
    public PackSummary Run(string directory, int threads, ScanProgress progress, CancellationToken cancellationToken)
    {
        var output = PackDirectory.Open(directory, dataset, options);
        var packers = Enumerable.Range(0, threads).Select(_ => new SamplePacker(dataset, data, options)).ToList();
        var shards = checked((int)((dataset.Count + options.ShardSamples - 1) / options.ShardSamples));
        var before = 0;
        for (var shard = 0; shard < shards; shard++)
        {
            var path = output.ShardPath(shard);
            var first = (long)shard * options.ShardSamples;
            var end = Math.Min(dataset.Count, first + options.ShardSamples);
            if (File.Exists(path))
            {
                before++;
                _images += PackDirectory.ImagesIn(path);
                progress.Add((int)(end - first));
            }
            else
            {
                PackShard(path, packers, first, end, progress, cancellationToken);
            }

            _bytes += new FileInfo(path).Length;
        }

        output.WriteClassNames(dataset.ClassNames);
        return new PackSummary(_images, _bytes, _storedBytes, _copied, [.. _leftOut.OrderBy(sample => sample.Sample)], shards, before);
    }

    private void PackShard(string path, List<SamplePacker> packers, long first, long end, ScanProgress progress, CancellationToken cancellationToken)
    {
        using var shard = new ShardWriter(path);
        var packed = new PackedSample[Ahead * packers.Count];
        for (var from = first; from < end; from += packed.Length)
        {
            var start = from;
            var count = (int)Math.Min(packed.Length, end - start);
            SampleScan.Run(packers, start, start + count, (packer, place) => packed[place - start] = packer.Pack(_order[place]), progress, cancellationToken);
            foreach (var sample in packed.AsSpan(0, count)) Add(shard, sample);
        }

        shard.Finish();
    }

    private void Add(ShardWriter shard, PackedSample packed)
    {
        _storedBytes += packed.StoredBytes;
        var name = dataset.Name(packed.Sample);
        if (packed.Problem is { } problem)
        {
            _leftOut.Add(new CorruptSample(packed.Sample, name, problem));
            return;
        }

        shard.Add(ShardWriter.KeyOf(packed.Sample, name), packed.File, dataset.Label(packed.Sample));
        _images++;
        if (packed.IsCopy) _copied++;
    }
}
