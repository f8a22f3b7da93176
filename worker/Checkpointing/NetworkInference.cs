using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>Tells from names and shapes which network a file's weights belong to.</summary>
public static class NetworkInference
{
    private const int PublishedClasses = 1000;

    /// <summary>The network whose state dict is nearest, with as many classes and of such a width as the file has, and an auxiliary head if the file has one.</summary>
    /// <param name="file">The weights; they need not fit exactly, <see cref="WeightsMatch"/> checks that.</param>
    /// <param name="name">The network's name where it is known; null: any.</param>
    public static ModelSpec Of(IWeightsFile file, string? name)
    {
        var shapes = WeightNames.Normalize([.. file.Entries.Select(entry => entry.Name)]).Zip(file.Entries)
            .GroupBy(pair => pair.First).ToDictionary(group => group.Key, group => group.First().Second.Shape);
        var auxiliary = shapes.Keys.Any(WeightNames.IsAuxiliary);
        return (name is null ? ModelFactory.Names : [name])
            .Select(candidate => new ModelSpec { Name = candidate, Classes = PublishedClasses, Auxiliary = new AuxiliarySpec { Enabled = auxiliary } })
            .Select(spec => (Spec: spec, Entries: EntriesOf(spec)))
            .OrderBy(candidate => Strangeness(candidate.Entries, shapes))
            .Select(candidate => Fit(candidate.Spec, candidate.Entries, shapes))
            .First();
    }

    // Names that only one of the two has count double a shape that differs: width and classes may be others.
    private static int Strangeness(IReadOnlyList<TensorEntry> network, Dictionary<string, IReadOnlyList<long>> file)
    {
        var common = network.Where(entry => file.ContainsKey(entry.Name)).ToList();
        var onlyOnce = network.Count(entry => !WeightNames.IsCounter(entry.Name)) + file.Keys.Count(name => !WeightNames.IsCounter(name))
            - 2 * common.Count(entry => !WeightNames.IsCounter(entry.Name));
        return 2 * onlyOnce + common.Count(entry => !entry.Shape.SequenceEqual(file[entry.Name]));
    }

    // The classifier's weight, classes × features, is the last tensor but one; its features grow with the width.
    private static ModelSpec Fit(ModelSpec spec, IReadOnlyList<TensorEntry> network, Dictionary<string, IReadOnlyList<long>> file)
    {
        var classifier = network[^2];
        if (!file.TryGetValue(classifier.Name, out var given) || given.Count != 2) return spec;
        var sized = given[0] is >= 2 and <= int.MaxValue ? spec with { Classes = (int)given[0] } : spec;
        var ratio = (double)given[1] / classifier.Shape[1];
        return Enumerable.Range(1, 4).Select(decimals => Math.Round(ratio, decimals))
            .Where(width => width is > 0 and <= 8)
            .Select(width => sized with { Width = width })
            .FirstOrDefault(candidate => EntriesOf(candidate).All(entry => !file.TryGetValue(entry.Name, out var shape) || shape.SequenceEqual(entry.Shape)), sized);
    }

    private static IReadOnlyList<TensorEntry> EntriesOf(ModelSpec spec)
    {
        using var network = ModelFactory.Create(spec);
        return WeightsLoader.Entries(network);
    }
}
