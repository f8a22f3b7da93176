using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Machine;

internal static class Fingerprints
{
    private const string Missing = "(none)";

    /// <summary>
    /// In what a worker differs from one that is ready, as a sentence; null: in nothing that matters. The datasets' sizes always
    /// matter, everything else only where the result must be the same bit for bit.
    /// </summary>
    public static string? Difference(WorkerState reference, Fingerprint fingerprint, ReductionKind reduction)
    {
        var expected = reference.Fingerprint!;
        string Sentence(string property, object mine, object theirs) =>
            $"its {property} is {mine}, that of worker {reference.Name} is {theirs}.";

        if (expected.TrainSamples != fingerprint.TrainSamples)
            return Sentence("number of training samples", fingerprint.TrainSamples, expected.TrainSamples);
        if (expected.ValidationSamples != fingerprint.ValidationSamples)
            return Sentence("number of validation samples", fingerprint.ValidationSamples, expected.ValidationSamples);
        if (reduction != ReductionKind.Deterministic) return null;

        foreach (var property in expected.Properties.Keys.Union(fingerprint.Properties.Keys).Order(StringComparer.Ordinal))
        {
            var theirs = expected.Properties.GetValueOrDefault(property, Missing);
            var mine = fingerprint.Properties.GetValueOrDefault(property, Missing);
            if (mine != theirs)
                return Sentence(property, mine, theirs) + " A deterministic job takes only workers that compute the same bits.";
        }
        return null;
    }
}
