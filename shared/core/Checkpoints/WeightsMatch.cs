using System.Globalization;
using Inception.Distributed.Text;

namespace Inception.Distributed.Checkpoints;

/// <summary>Which of a file's tensors become which of a network's.</summary>
/// <param name="Taken">The network's name, and the file's tensor.</param>
/// <param name="Reinitialized">The network's tensors that the file has for another number of classes, or of an auxiliary head that it lacks.</param>
/// <param name="LeftOut">The file's tensors of auxiliary heads that the network lacks.</param>
public sealed record WeightsMatch(
    IReadOnlyList<(string Name, TensorEntry Source)> Taken, IReadOnlyList<string> Reinitialized, IReadOnlyList<string> LeftOut)
{
    private const int MostListed = 8;

    /// <summary>The classes that the file's main head tells apart.</summary>
    public required long FileClasses { get; init; }

    /// <param name="network">The network's state dict, in its order; the classifier's bias is its last tensor, one value a class.</param>
    /// <param name="networkName">For messages.</param>
    /// <param name="file">The weights.</param>
    /// <exception cref="UserErrorException">They are of another architecture; the message says what is missing and what is too much.</exception>
    public static WeightsMatch Of(IReadOnlyList<TensorEntry> network, string networkName, IWeightsFile file)
    {
        var names = WeightNames.Normalize([.. file.Entries.Select(entry => entry.Name)]);
        var given = names.Zip(file.Entries).GroupBy(pair => pair.First).ToDictionary(group => group.Key, group => group.First().Second);
        var wanted = network.Select(entry => entry.Name).ToHashSet();
        var classifier = network[^1];
        var fileClasses = given.TryGetValue(classifier.Name, out var bias) && bias.Shape.Count == 1 ? bias.Shape[0] : classifier.Shape[0];
        var lacksAuxiliary = !given.Keys.Any(WeightNames.IsAuxiliary);

        List<(string, TensorEntry)> taken = [];
        List<string> reinitialized = [], missing = [], misshapen = [];
        foreach (var entry in network)
        {
            if (given.TryGetValue(entry.Name, out var source))
            {
                if (source.Shape.SequenceEqual(entry.Shape) && HoldsValuesOf(entry, source)) taken.Add((entry.Name, source));
                else if (IsHead(entry, source)) reinitialized.Add(entry.Name);
                else misshapen.Add($"{entry.Name} is {Text(source)} instead of {Text(entry)}");
            }
            else if (lacksAuxiliary && WeightNames.IsAuxiliary(entry.Name)) reinitialized.Add(entry.Name);
            else if (!WeightNames.IsCounter(entry.Name)) missing.Add(entry.Name);
        }

        var surplus = given.Keys.Where(name => !wanted.Contains(name)).ToList();
        var leftOut = wanted.Any(WeightNames.IsAuxiliary) ? [] : surplus.Where(WeightNames.IsAuxiliary).ToList();
        var unexpected = surplus.Except(leftOut).ToList();
        List<Problem> problems =
        [
            .. Listed(missing, "the file lacks", missing.Select(name => name + Hint(name, unexpected))),
            .. Listed(unexpected, "the network lacks", unexpected.Select(name => name + Hint(name, missing))),
            .. Listed(misshapen, "another shape have", misshapen),
        ];
        return problems.Count == 0
            ? new WeightsMatch(taken, reinitialized, leftOut) { FileClasses = fileClasses }
            : throw new UserErrorException([new Problem(file.Path, $"holds no weights of {networkName}"), .. problems]);

        bool IsHead(TensorEntry entry, TensorEntry source) =>
            fileClasses != classifier.Shape[0] && entry.Shape.Count > 0 && entry.Shape[0] == classifier.Shape[0]
            && source.Shape.SequenceEqual([fileClasses, .. entry.Shape.Skip(1)]) && HoldsValuesOf(entry, source);

        IEnumerable<Problem> Listed(List<string> all, string what, IEnumerable<string> lines) => all.Count == 0 ? [] :
            [new Problem(file.Path, string.Create(CultureInfo.InvariantCulture, $"{what} {all.Count}: ")
                + string.Join(", ", lines.Take(MostListed)) + (all.Count > MostListed ? ", …" : ""))];
    }

    private static string Hint(string name, List<string> candidates) =>
        NearestName.Find(name, candidates) is { } nearest ? $" (nearest: {nearest})" : "";

    private static bool HoldsValuesOf(TensorEntry entry, TensorEntry source) =>
        WeightNames.IsCounter(entry.Name) ? TensorValues.IsCounter(source.Type) : TensorValues.IsFloat(source.Type);

    private static string Text(TensorEntry entry) => $"{entry.Type} [{string.Join(", ", entry.Shape)}]";
}
