namespace Inception.Distributed.Evaluation;

/// <summary>What an evaluation found for one image.</summary>
/// <param name="Image">Position in the set, from 0.</param>
/// <param name="Predicted">The class with the highest score; of equal ones the lowest.</param>
/// <param name="Rank">How many classes come before the label: 0 is a top-1 hit, below 5 a top-5 hit.</param>
/// <param name="Loss">Cross-entropy without smoothing, in nats.</param>
public readonly record struct ImageOutcome(long Image, int Label, int Predicted, int Rank, double Loss);
