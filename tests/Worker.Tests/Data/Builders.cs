using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inception.Distributed.Tests.Data;

internal static class Builders
{
    public static DataSpec Data { get; } = new() { Train = [new SourceSpec { Format = DatasetFormat.ImageFolder }] };

    public static BatchBuilder Create(IDataset dataset, int size, AugmentSpec augment, long seed, NormalizeSpec? normalize = null) =>
        Create(dataset, size, Data with { Augment = augment, Normalize = normalize ?? new NormalizeSpec() }, seed);

    public static BatchBuilder Create(IDataset dataset, int size, DataSpec data, long seed) =>
        new(dataset, size, data, seed, new CorruptSamples(dataset, NullLogger.Instance));
}
