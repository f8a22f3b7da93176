using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Tests.Models;

namespace Inception.Distributed.Tests.Data;

public class RandAugmentTests
{
    private const int Size = 32;

    [Fact]
    public void Apply_EveryOperationAtEveryMagnitude_GivesTorchvisionsBits()
    {
        TorchvisionReference.Require();
        using var directory = new TemporaryDirectory();
        Run("torchvision_randaugment.py", directory.Path);
        var results = File.ReadLines(directory["results.txt"]).Select(line => line.Split('\t')).ToList();
        results.Select(result => result[1]).Distinct().ShouldBe(Enum.GetNames<RandomOperation>());

        var different = results.Where(result =>
        {
            var size = Number(result[0]);
            var pixels = File.ReadAllBytes(directory[$"{size}.rgb"]);
            var augment = new RandAugment(new RandAugmentSpec { Operations = 1, Magnitude = Number(result[2]) }, size, seed: 0);
            augment.Apply(Enum.Parse<RandomOperation>(result[1]), Number(result[3]), pixels);
            return Convert.ToHexStringLower(SHA256.HashData(pixels)) != result[4];
        });

        different.Select(result => string.Join(' ', result[..4])).ShouldBeEmpty();
    }

    [Fact]
    public void Apply_DrawsEveryOperationAndBothSignsAboutEquallyOften()
    {
        // Noise without the lowest and highest levels: no operation leaves it alone.
        var random = KeyedRandom.From(Purpose.SyntheticData, 5);
        var picture = new byte[Size * Size * 3];
        foreach (ref var value in picture.AsSpan()) value = (byte)(30 + random.NextInt(190));
        var augment = new RandAugment(new RandAugmentSpec { Operations = 1, Magnitude = 20 }, Size, seed: 1);
        var known = Enum.GetValues<RandomOperation>()
            .SelectMany(operation => new[] { 1, -1 }.Select(sign => (Operation: operation, Pixels: Hash(Changed(pixels => augment.Apply(operation, sign, pixels))))))
            .DistinctBy(result => result.Pixels).ToDictionary(result => result.Pixels, result => result.Operation);
        var drawn = Enumerable.Range(0, 2800).Select(sample => Hash(Changed(pixels => augment.Apply(new SampleReference(0, sample), pixels)))).ToList();

        foreach (var operation in drawn.GroupBy(pixels => known[pixels])) operation.Count().ShouldBeInRange(140, 260, operation.Key.ToString());
        drawn.Select(pixels => known[pixels]).Distinct().Count().ShouldBe(14);
        drawn.GroupBy(pixels => pixels).Where(group => known[group.Key] is RandomOperation.Rotate or RandomOperation.ShearX or RandomOperation.Color)
            .ShouldAllBe(group => group.Count() > 60 && group.Count() < 140);

        byte[] Changed(Action<byte[]> change)
        {
            var pixels = (byte[])picture.Clone();
            change(pixels);
            return pixels;
        }
    }

    [Theory]
    [InlineData(ResizeKind.Bilinear)]
    [InlineData(ResizeKind.NearestFour)]
    public void Fill_IsAFunctionOfSeedEpochAndSample_AndLeavesEvaluationAlone(ResizeKind resize)
    {
        var images = new FixedImages(40, Size, Size, 3);
        var spec = new AugmentSpec { RandAugment = new RandAugmentSpec { Operations = 2 } };
        var plain = Fill(images, new AugmentSpec(), resize, 1, 0, training: true);
        var changed = Fill(images, spec, resize, 1, 0, training: true);

        changed.ShouldNotBe(plain);
        Fill(images, spec, resize, 1, 0, training: true).ShouldBe(changed);
        Fill(images, spec, resize, 2, 0, training: true).ShouldNotBe(changed);
        Fill(images, spec, resize, 1, 1, training: true).ShouldNotBe(changed);
        Fill(images, spec, resize, 1, 0, training: false).ShouldBe(Fill(images, new AugmentSpec(), resize, 1, 0, training: false));
    }

    [Fact]
    public void Fill_AllocatesNothingASample()
    {
        var images = new FixedImages(40, Size, Size, 3);
        var builder = Builders.Create(images, Size, new AugmentSpec { RandAugment = new RandAugmentSpec { Operations = 14 } }, seed: 1);
        var (samples, output, labels) = (new SampleReference[40], new float[40 * builder.ImageElements], new long[40]);
        for (var i = 0; i < 40; i++) samples[i] = new SampleReference(0, i);
        builder.Fill(samples, training: true, output, labels);

        var before = GC.GetAllocatedBytesForCurrentThread();
        builder.Fill(samples, training: true, output, labels);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static float[] Fill(FixedImages dataset, AugmentSpec augment, ResizeKind resize, long seed, long epoch, bool training)
    {
        var builder = Builders.Create(dataset, Size, Builders.Data with { Augment = augment, Resize = resize }, seed);
        var images = new float[40 * builder.ImageElements];
        builder.Fill([.. Enumerable.Range(0, 40).Select(sample => new SampleReference(epoch, sample))], training, images, new long[40]);
        return images;
    }

    private static string Hash(byte[] pixels) => Convert.ToHexString(SHA256.HashData(pixels));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Run(string script, string directory)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/python3", ["-W", "ignore", Path.Combine(AppContext.BaseDirectory, "Data", script), directory]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors);
    }
}
