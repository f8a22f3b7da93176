namespace Inception.Distributed.Torch.Tests.Extensions;

/// <summary>One start and one sequence of gradients for every optimiser.</summary>
internal static class RecordedGradients
{
    internal const int Parameters = 1009;
    internal const int Steps = 100;

    internal static double[] Start { get; } = Normal(Parameters, seed: 1);

    internal static double[] Gradients { get; } = Normal(Parameters * Steps, seed: 2);

    internal static ReadOnlySpan<double> OfStep(int step) => Gradients.AsSpan(step * Parameters, Parameters);

    // Box and Muller over a linear congruential generator (Knuth's MMIX).
    private static double[] Normal(int count, ulong seed)
    {
        var state = seed;
        double Uniform()
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            return ((state >> 11) + 0.5) / (1UL << 53);
        }
        var values = new double[count];
        for (var index = 0; index < count; index++)
            values[index] = Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());
        return values;
    }
}
