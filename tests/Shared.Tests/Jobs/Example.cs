using Inception.Distributed.Jobs;

namespace Inception.Distributed.Tests.Jobs;

/// <summary>A small, correct job file for tests to bend.</summary>
internal static class Example
{
    public const string Yaml = """
        name: example
        seed: 3
        model:
          name: inception-v3
          classes: 10
          inputSize: 75
        data:
          train: {format: synthetic, limit: 1000}
          validation:
            format: synthetic
            limit: 100
        batch:
          global: 24
          microBatches: 6
        optimizer:
          name: rmsprop-tf
          learningRate: 0.045
        schedule:
          epochs: 2
        """;

    public static JobSpec Job(params string[] overrides) => JobFile.Parse(Yaml, "job.yaml", overrides);

    /// <summary>The example with one piece of its text replaced; the piece must be there.</summary>
    public static string With(string old, string replacement)
    {
        Yaml.ShouldContain(old);
        return Yaml.Replace(old, replacement, StringComparison.Ordinal);
    }

    public static IReadOnlyList<Problem> ProblemsOf(string yaml, params string[] overrides) =>
        Should.Throw<UserErrorException>(() => JobFile.Parse(yaml, "job.yaml", overrides)).Problems;
}
