using System.Security.Cryptography;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class SyntheticDatasetTests
{
    [Fact]
    public void Images_AreFrozen()
    {
        var image = new SyntheticDataset(100, 10, validation: false).Read(17, new ByteBuffer());
        Convert.ToHexStringLower(SHA256.HashData(image.Bytes)).ShouldBe("3c27d75607608ce76e1f87759b2d11dc40f0a4975846eaa7774f3f466595c211");
    }

    [Fact]
    public void Images_DifferBySampleAndSet()
    {
        var training = new SyntheticDataset(100, 10, validation: false);
        var validation = new SyntheticDataset(100, 10, validation: true);
        Pixels(training, 17).ShouldBe(Pixels(training, 17));
        Pixels(training, 17).ShouldNotBe(Pixels(training, 27));
        Pixels(training, 17).ShouldNotBe(Pixels(validation, 17));
        training.Digest.ShouldNotBe(validation.Digest);
    }

    [Fact]
    public void Images_CanBeToldApartByTheMeanColourAlone()
    {
        // The nearest class by mean colour: far from perfect, but far above chance.
        const int Classes = 5;
        var training = new SyntheticDataset(200, Classes, validation: false);
        var validation = new SyntheticDataset(200, Classes, validation: true);
        var means = Enumerable.Range(0, Classes)
            .Select(label => MeanColour(Enumerable.Range(0, 200).Where(i => training.Label(i) == label).Select(i => Pixels(training, i)))).ToArray();
        var correct = Enumerable.Range(0, 200).Count(i =>
        {
            var colour = MeanColour([Pixels(validation, i)]);
            return Enumerable.Range(0, Classes).MinBy(label => Distance(means[label], colour)) == validation.Label(i);
        });
        correct.ShouldBeGreaterThan(120);
    }

    private static byte[] Pixels(SyntheticDataset dataset, long sample) => dataset.Read(sample, new ByteBuffer()).Bytes.ToArray();

    private static double[] MeanColour(IEnumerable<byte[]> images)
    {
        var pixels = images.SelectMany(image => image).ToArray();
        return [.. Enumerable.Range(0, 3).Select(channel => pixels.Where((_, i) => i % 3 == channel).Average(value => (double)value))];
    }

    private static double Distance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
}
