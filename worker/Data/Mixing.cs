using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>How the samples of one micro-batch are mixed. Sample i's partner is sample (i + Shift) mod the number of samples.</summary>
/// <param name="Shift">1 … samples − 1, so that no sample is its own partner.</param>
/// <param name="Share">Of a sample's own image and label in the mixture, 0 … 1; the rest is its partner's.</param>
/// <param name="Box">cutmix: what the partner's image replaces; null: mixup, where every pixel is mixed.</param>
public sealed record Mixture(int Shift, double Share, CropWindow? Box);

/// <summary>
/// Draws the mixtures of the run's micro-batches: mixup ("mixup: Beyond Empirical Risk Minimization", 2018), cutmix ("CutMix: Regularization
/// Strategy to Train Strong Classifiers with Localizable Features", 2019). A function of seed, step and micro-batch alone.
/// </summary>
/// <param name="spec">With both on, each micro-batch draws one of them with equal chances.</param>
/// <param name="samples">Of a micro-batch, at least 2 when either is on.</param>
/// <param name="inputSize">Height and width of the network's input in pixels.</param>
public sealed class Mixing(AugmentSpec spec, int samples, int inputSize, long seed)
{
    /// <returns>Null: the job mixes nothing.</returns>
    public Mixture? For(long step, int microBatch)
    {
        if (spec is { Mixup: 0, Cutmix: 0 }) return null;
        var random = KeyedRandom.From(Purpose.Mixing, seed, step, microBatch);
        var cuts = random.NextBoolean() ? spec.Cutmix > 0 : spec.Mixup == 0;
        var shift = 1 + random.NextInt(samples - 1);
        var share = random.NextBeta(cuts ? spec.Cutmix : spec.Mixup);
        return cuts ? Cut(ref random, shift, share) : new Mixture(shift, share, null);
    }

    // The box has the area 1 − share and its centre anywhere; what lies outside the image falls away, and the share is what is left.
    private Mixture Cut(ref KeyedRandom random, int shift, double share)
    {
        var side = (int)(inputSize * Math.Sqrt(1 - share));
        var (top, height) = Inside(random.NextInt(inputSize) - side / 2, side);
        var (left, width) = Inside(random.NextInt(inputSize) - side / 2, side);
        var kept = 1 - (double)height * width / ((double)inputSize * inputSize);
        return new Mixture(shift, kept, new CropWindow(top, left, height, width, false));
    }

    private (int First, int Length) Inside(int first, int length)
    {
        var end = Math.Min(first + length, inputSize);
        first = Math.Max(first, 0);
        return (first, end - first);
    }
}
