using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Sets a random rectangle of the network's input to 0, as torchvision's RandomErasing (Zhong et al., "Random Erasing Data Augmentation",
/// 2017): area uniform in [0.02, 0.33] of the image, aspect from 0.3 to 3.3 uniform in its logarithm; nothing where ten such rectangles
/// don't fit. A function of seed, epoch and sample alone. For any thread.
/// </summary>
internal sealed class RandomErasing(double probability, long seed)
{
    private const int Attempts = 10;
    private const int Channels = 3;

    /// <param name="image">size · size · 3 floats: row, column, channel.</param>
    public void Apply(SampleReference sample, int size, Span<float> image)
    {
        if (probability == 0) return;
        var random = KeyedRandom.From(Purpose.Erasing, seed, sample.Epoch, sample.Sample);
        if (random.NextDouble() >= probability) return;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = (double)size * size * (0.02 + 0.31 * random.NextDouble());
            var aspect = random.NextLogUniform(0.3, 3.3);
            var (height, width) = ((int)Math.Round(Math.Sqrt(area * aspect)), (int)Math.Round(Math.Sqrt(area / aspect)));
            if (height >= size || width >= size) continue;
            var (top, left) = (random.NextInt(size - height + 1), random.NextInt(size - width + 1));
            for (var row = top; row < top + height; row++) image.Slice((row * size + left) * Channels, width * Channels).Clear();
            return;
        }
    }
}
