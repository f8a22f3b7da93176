using Inception.Distributed.Jobs;
using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class PrefetcherTests
{
    private const long Samples = 97;
    private static readonly BatchSpec Batch = new() { Global = 24, MicroBatches = 6 };

    [Fact]
    public void Take_EveryClusterSize_ThroughAResume_EverySampleOnceAnEpoch()
    {
        // 97 steps of 24 are 24 epochs of 97.
        for (var worldSize = 1; worldSize <= 6; worldSize++)
        {
            var met = new List<SampleReference>();
            foreach (var (firstStep, endStep, size) in new[] { (0, 41, worldSize), (41, 97, 7 - worldSize) })
            {
                foreach (var range in Enumerable.Range(0, size).Select(rank => MicroBatchRange.Of(rank, size, 6)))
                {
                    using var prefetcher = Create(new FixedImages(Samples, 2, 2, 1), range, firstStep, endStep);
                    for (var step = firstStep; step < endStep; step++)
                    {
                        for (var index = range.First; index < range.End; index++)
                        {
                            met.AddRange(prefetcher.Take(step, index, Token).Samples);
                        }
                    }
                }
            }

            met.Count.ShouldBe(24 * 97);
            met.ToHashSet().SetEquals(Enumerable.Range(0, 24).SelectMany(epoch => Enumerable.Range(0, 97).Select(sample => new SampleReference(epoch, sample))))
                .ShouldBeTrue();
        }
    }

    [Fact]
    public void Take_GivesWhatTheBuilderGives()
    {
        var dataset = new FixedImages(Samples, 28, 28, 1);
        using var prefetcher = Create(dataset, new MicroBatchRange(2, 2), firstStep: 3, totalSteps: 6);
        var builder = Builder(dataset);
        var order = new SampleOrder(5, Samples);
        var (samples, images, labels) = (new SampleReference[4], new float[4 * builder.ImageElements], new long[4]);
        for (var step = 3; step < 6; step++)
        {
            for (var index = 2; index < 4; index++)
            {
                var microBatch = prefetcher.Take(step, index, Token);
                order.Fill(step * 24 + index * 4, samples);
                builder.Fill(samples, true, images, labels);
                (microBatch.Step, microBatch.Index).ShouldBe((step, index));
                microBatch.Samples.ShouldBe(samples);
                microBatch.Images.ShouldBe(images);
                microBatch.Labels.ShouldBe(labels);
            }
        }
    }

    [Fact]
    public void Take_AnotherMicroBatchThanTheNext_Throws()
    {
        using var prefetcher = Create(new FixedImages(Samples, 2, 2, 1), new MicroBatchRange(0, 6), 0, 10);
        Should.Throw<InvalidOperationException>(() => prefetcher.Take(0, 1, Token)).Message.ShouldBe("Micro-batch 0 of step 0 is next, not 1 of 0.");
    }

    [Fact]
    public void Take_BeyondTheRun_Throws()
    {
        using var prefetcher = Create(new FixedImages(Samples, 2, 2, 1), new MicroBatchRange(0, 1), 0, 1);
        prefetcher.Take(0, 0, Token);
        Should.Throw<InvalidOperationException>(() => prefetcher.Take(1, 0, Token)).Message.ShouldContain("beyond the end of the run");
    }

    [Fact]
    public void Take_UnreadableSample_SurfacesAfterTheMicroBatchesBefore()
    {
        var order = new SampleOrder(5, Samples);
        var bad = order.At(6).Sample;
        using var prefetcher = Create(new OneBadImage(bad), new MicroBatchRange(0, 6), 0, 10);
        prefetcher.Take(0, 0, Token).Labels.Length.ShouldBe(4);
        Should.Throw<UserErrorException>(() => prefetcher.Take(0, 1, Token)).Problems[0].Where.ShouldBe("bad.jpg");
    }

    [Fact]
    public void Take_Cancelled_StopsWaiting()
    {
        using var dataset = new BlockedImages();
        using var prefetcher = Create(dataset, new MicroBatchRange(0, 6), 0, 10);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Should.Throw<OperationCanceledException>(() => prefetcher.Take(0, 0, cancellation.Token));
        dataset.Release();
    }

    [Fact]
    public void Dispose_WithoutAConsumer_EndsTheThread()
    {
        var prefetcher = Create(new FixedImages(Samples, 2, 2, 1), new MicroBatchRange(0, 6), 0, 1_000_000);
        prefetcher.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static BatchBuilder Builder(IDataset dataset) =>
        Builders.Create(dataset, 10, new AugmentSpec { Crop = CropKind.Padded }, seed: 5);

    private static Prefetcher Create(IDataset dataset, MicroBatchRange range, long firstStep, long totalSteps) =>
        new(() => Builder(dataset), threads: 2, new SampleOrder(5, Samples), Batch, [.. Enumerable.Range(range.First, range.Count)], firstStep, totalSteps);

    private sealed class OneBadImage(long bad) : IDataset
    {
        private readonly FixedImages _images = new(Samples, 2, 2, 1);

        public long Count => Samples;

        public int Classes => _images.Classes;

        public IReadOnlyList<string> ClassNames => [];

        public string Digest => "";

        public int Label(long sample) => _images.Label(sample);

        public string Name(long sample) => _images.Name(sample);

        public StoredImage Read(long sample, ByteBuffer buffer) =>
            sample == bad ? throw new UserErrorException("bad.jpg", "The disk fails.") : _images.Read(sample, buffer);
    }

    private sealed class BlockedImages : IDataset, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();

        public long Count => Samples;

        public int Classes => (int)Samples;

        public IReadOnlyList<string> ClassNames => [];

        public string Digest => "";

        public int Label(long sample) => 0;

        public string Name(long sample) => "blocked";

        public StoredImage Read(long sample, ByteBuffer buffer)
        {
            _released.Wait();
            return StoredImage.OfPixels(buffer.Reserve(1), 1, 1, 1);
        }

        public void Release() => _released.Set();

        public void Dispose() => _released.Dispose();
    }
}
