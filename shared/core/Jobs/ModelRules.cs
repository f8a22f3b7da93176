namespace Inception.Distributed.Jobs;

/// <summary>What the network demands of the fields beside its name.</summary>
internal static class ModelRules
{
    public static IEnumerable<JobRule> All { get; } =
    [
        Rule("model.inputSize", (model, network) => model.InputSize >= network.SmallestInput(model) ? null
            : $"model.inputSize must be at least {network.SmallestInput(model)} pixels for {model.Name}{OnStem(model)}, not {model.InputSize}", "model.stem", "model.factorized7x7"),
        Option("model.batchNorm", model => model.BatchNorm is not null),
        Option("model.factorized7x7", model => model.Factorized7x7 is not null),
        Option("model.countIncludePad", model => !model.CountIncludePad),
        Option("model.auxiliary.normalizeFc", model => model.Auxiliary.NormalizeFc is not null),
        Rule("model.auxiliary.heads", (model, network) => model.Auxiliary.Heads is not { } heads || network.Heads.Contains(heads) ? null
            : $"model.auxiliary.heads must be {string.Join(" or ", network.Heads)} for {model.Name}, not {heads}"),
        Rule("model.auxiliary.weights", CheckWeights, "model.auxiliary.heads", "model.auxiliary.enabled"),
    ];

    private static string? CheckWeights(ModelSpec model, NetworkFacts network)
    {
        var (given, heads) = (model.Auxiliary.Weights.Count, network.HeadsOf(model));
        return given == 0 || heads == 0 || given == heads ? null
            : $"model.auxiliary.weights must hold one number for each auxiliary head: {model.Name} has {heads} here, and {given} are given";
    }

    private static string OnStem(ModelSpec model) => model.Stem == StemKind.Standard ? "" : $" with model.stem {JobField.Text(model.Stem)}";

    // The rule of a field that only some networks take.
    private static JobRule Option(string field, Func<ModelSpec, bool> isGiven) => Rule(field, (model, network) =>
    {
        if (!isGiven(model) || network.Options.Contains(field)) return null;
        var takers = KnownNetworks.All.Where(other => other.Options.Contains(field)).Select(other => other.Name);
        return $"{field} changes nothing in {model.Name}; it is for {string.Join(", ", takers)}; leave it out";
    });

    private static JobRule Rule(string field, Func<ModelSpec, NetworkFacts, string?> message, params string[] alsoReads) =>
        new([field, "model.name", .. alsoReads], job => message(job.Model, KnownNetworks.Find(job.Model.Name)));
}
