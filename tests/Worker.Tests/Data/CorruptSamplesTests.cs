using Inception.Distributed.Jobs;
using Inception.Distributed.Reduction;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Tests.Data;

public class CorruptSamplesTests
{
    private static readonly DataSpec Data = Builders.Data with { Augment = new AugmentSpec { Crop = CropKind.None, Flip = false } };

    // Samples 2, 3 and 5 are damaged in different ways.
    private static readonly byte[][] Files =
        [JpegFiles.Colour, JpegFiles.Grey, JpegFiles.Colour[..^20], [], JpegFiles.Grey, [.. "GIF89a"u8], JpegFiles.Colour, JpegFiles.Grey];

    [Fact]
    public void Fill_CorruptSample_IsReplacedByAReadableOne_TheSameOneEveryTime()
    {
        var dataset = new FilesInMemory(Files);
        var builder = Builders.Create(dataset, 16, Data, seed: 3);
        SampleReference[] samples = [.. Enumerable.Range(0, 8).Select(sample => new SampleReference(4, sample))];
        var (images, labels) = (new float[8 * builder.ImageElements], new long[8]);
        builder.Fill(samples, true, images, labels).ShouldBe(3);
        labels.Where((_, i) => i is not (2 or 3 or 5)).ShouldBe([0, 1, 4, 6, 7]);
        labels.Intersect([2, 3, 5]).ShouldBeEmpty();

        // One by one, backwards, by another builder.
        var other = Builders.Create(dataset, 16, Data, seed: 3);
        for (var i = 7; i >= 0; i--)
        {
            var (image, label) = (new float[other.ImageElements], new long[1]);
            other.Fill([samples[i]], true, image, label);
            label[0].ShouldBe(labels[i]);
            image.ShouldBe(images.AsSpan(i * image.Length, image.Length).ToArray());
        }
    }

    [Fact]
    public void Fill_CorruptSample_IsReplacedByAnotherInAnotherEpoch()
    {
        var builder = Builders.Create(new FilesInMemory(Files), 16, Data, seed: 3);
        var label = new long[1];
        var replacements = Enumerable.Range(0, 40).Select(epoch =>
        {
            builder.Fill([new SampleReference(epoch, 5)], true, new float[builder.ImageElements], label).ShouldBe(1);
            return label[0];
        }).ToHashSet();
        replacements.Order().ShouldBe([0, 1, 4, 6, 7]);
    }

    [Fact]
    public void Fill_Evaluation_ACorruptSampleIsBlackAndKeepsItsLabel()
    {
        var builder = Builders.Create(new FilesInMemory(Files), 16, Data, seed: 3);
        var (image, label) = (new float[builder.ImageElements], new long[1]);
        builder.Fill([new SampleReference(0, 5)], false, image, label).ShouldBe(1);
        label[0].ShouldBe(5);
        image.ShouldAllBe(value => value == -1);
    }

    [Fact]
    public void Fill_NothingButCorruptSamples_SaysSo()
    {
        var builder = Builders.Create(new FilesInMemory([1], [2]), 16, Data, seed: 3);
        Should.Throw<UserErrorException>(() => builder.Fill([new SampleReference(0, 1)], true, new float[builder.ImageElements], new long[1]))
            .Problems.ShouldHaveSingleItem().Where.ShouldBe("file 1");
    }

    [Fact]
    public void Report_NamesEachSampleOnce()
    {
        var log = new Lines();
        var builder = new BatchBuilder(new FilesInMemory(Files), 16, Data, 3, new CorruptSamples(new FilesInMemory(Files), log));
        for (var epoch = 0; epoch < 5; epoch++) builder.Fill([new SampleReference(epoch, 3)], true, new float[builder.ImageElements], new long[1]);
        log.Messages.ShouldHaveSingleItem().ShouldBe("file 3 is corrupt: the file is empty; other samples take its place");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Take_AnyNumberOfThreads_GivesTheSameBitsAndCounts(int threads)
    {
        var dataset = new FilesInMemory(Files);
        var batch = new BatchSpec { Global = 10, MicroBatches = 2 };
        var order = new SampleOrder(3, dataset.Count);
        using var prefetcher = new Prefetcher(() => Builders.Create(dataset, 16, Data, 3), threads, order, batch, [0, 1], 0, 30);
        var plain = Builders.Create(dataset, 16, Data, 3);
        var (samples, images, labels) = (new SampleReference[5], new float[5 * plain.ImageElements], new long[5]);
        for (var step = 0; step < 30; step++)
        {
            for (var index = 0; index < 2; index++)
            {
                var taken = prefetcher.Take(step, index, TestContext.Current.CancellationToken);
                order.Fill(step * 10 + index * 5, samples);
                plain.Fill(samples, true, images, labels).ShouldBe(taken.Corrupt);
                taken.Images.ShouldBe(images);
                taken.Labels.ShouldBe(labels);
            }
        }
    }

    [Fact]
    public void Budget_EndsTheRun_OnceMoreThanTheFractionIsCorrupt()
    {
        var budget = new CorruptBudget(0.001, trainingSamples: 5000);
        for (var step = 1; step <= 5; step++) budget.Require(1, step, step * 64);
        budget.Require(0, 6, 6 * 64);
        var problem = Should.Throw<UserErrorException>(() => budget.Require(1, 6, 6 * 64)).Problems.ShouldHaveSingleItem();
        problem.Where.ShouldBe("data.maxCorrupt");
        problem.Message.ShouldStartWith("Of the training samples met so far 6 are corrupt, more than 0.1 % of 5000");

        // In later epochs all samples so far count.
        for (var i = 1; i <= 10; i++) budget.Require(1, i, 10_000);
        Should.Throw<UserErrorException>(() => budget.Require(1, 11, 10_000));
    }

    private sealed class Lines : ILogger
    {
        public List<string> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add(formatter(state, exception));
    }
}
