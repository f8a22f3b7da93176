using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Machine;

internal static class Fingerprints
{
    private const string Missing = "(none)";

    /// <summary>
    /// In what a worker differs from those that the run began with, or from the first one that is ready, as a sentence; null: in nothing
    /// that matters. The data always matter, everything else only where the result must be the same bit for bit.
    /// </summary>
    public static string? Difference(RunState state, Fingerprint fingerprint)
    {
        if (Reference(state) is not var (name, expected)) return null;
        var reduction = state.Settings.Job.Reduction;
        string Sentence(string property, object mine, object theirs) => $"its {property} is {mine}, that of worker {name} is {theirs}.";

        if (expected.TrainSamples != fingerprint.TrainSamples)
            return Sentence("number of training samples", fingerprint.TrainSamples, expected.TrainSamples);
        if (expected.ValidationSamples != fingerprint.ValidationSamples)
            return Sentence("number of validation samples", fingerprint.ValidationSamples, expected.ValidationSamples);

        foreach (var property in expected.Properties.Keys.Union(fingerprint.Properties.Keys).Order(StringComparer.Ordinal))
        {
            if (reduction != ReductionKind.Deterministic && property != Fingerprint.TrainingData) continue;
            var theirs = expected.Properties.GetValueOrDefault(property, Missing);
            var mine = fingerprint.Properties.GetValueOrDefault(property, Missing);
            if (mine != theirs) return Sentence(property, mine, theirs);
        }
        return null;
    }

    private static Measure? Reference(RunState state) =>
        state.Measure ?? (state.Workers.FirstOrDefault(worker => worker.IsReady) is { } ready ? new Measure(ready.Name, ready.Fingerprint!) : null);

    /// <summary>In what the training set differs from the checkpoint's; null: in nothing.</summary>
    public static string? Difference(ResumePoint resume, Fingerprint fingerprint)
    {
        if (resume.TrainSamples != fingerprint.TrainSamples)
            return $"the checkpoint {resume.Directory} belongs to {resume.TrainSamples} training samples, the workers have {fingerprint.TrainSamples}";
        return fingerprint.Properties.TryGetValue(Fingerprint.TrainingData, out var digest) && digest != resume.DatasetDigest
            ? $"the checkpoint {resume.Directory} belongs to a training set with the digest {resume.DatasetDigest}, the workers' has {digest}"
            : null;
    }
}
