using System.Buffers.Binary;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class ImageDecoderTests(PillowImages pillow) : IClassFixture<PillowImages>
{
    [Fact]
    public void Decode_EveryOddFile_GivesThePixelsThatPillowSees()
    {
        foreach (var file in pillow.Files)
        {
            var problem = Decode(file.Content, Builders.Data with { HonourOrientation = file.Upright }, out var pixels, out var size);
            problem.ShouldBeNull(file.Name);
            size.ShouldBe((file.Height, file.Width), file.Name);
            pixels.ShouldBe(file.Pixels, file.Name);
        }
    }

    [Theory]
    [InlineData("444.jpg")]
    [InlineData("422.jpg")]
    [InlineData("420.jpg")]
    [InlineData("grey.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("restarts.jpg")]
    [InlineData("alpha.png")]
    [InlineData("lossy.webp")]
    public void Decode_AWindow_GivesTheBitsOfTheWholeImage(string name)
    {
        var file = pillow.Bytes(name);
        var whole = pillow.Bytes($"{name}.rgb");
        var decoder = new ImageDecoder(Builders.Data, scaleDown: false);
        var stored = StoredImage.OfFile(file);
        decoder.Measure(stored, out var header).ShouldBeNull();
        var random = KeyedRandom.From(Purpose.SyntheticData, 99);
        for (var i = 0; i < 300; i++)
        {
            var (height, width) = (1 + random.NextInt(header.Height), 1 + random.NextInt(header.Width));
            var window = new CropWindow(random.NextInt(header.Height - height + 1), random.NextInt(header.Width - width + 1), height, width, false);
            decoder.Decode(stored, header, window, 1, out var image).ShouldBeNull();
            for (var row = 0; row < height; row++)
            {
                var actual = Rgb(image.View.Row(window.Top - image.Top + row).Slice((window.Left - image.Left) * 4, width * 4));
                var expected = whole.AsSpan(((window.Top + row) * header.Width + window.Left) * 3, width * 3);
                if (!expected.SequenceEqual(actual)) Assert.Fail($"{name}: row {row} of {window} differs");
            }
        }
    }

    [Theory]
    [InlineData("420.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("png-named.JPEG")]
    [InlineData("lossy.webp")]
    [InlineData("lossless.webp")]
    public void Decode_CutOffAtEveryTenth_IsCorrupt_WhateverTheWindow(string name)
    {
        var file = pillow.Bytes(name);
        for (var tenth = 0; tenth < 10; tenth++)
        {
            var part = file[..(file.Length * tenth / 10)];
            Decode(part, Builders.Data, out _, out _).ShouldNotBeNull($"{tenth} tenths");
            Decode(part, Builders.Data, out _, out _, new CropWindow(0, 0, 2, 2, false)).ShouldNotBeNull($"{tenth} tenths, the corner");
        }

        Decode(file[..^1], Builders.Data, out _, out _, new CropWindow(0, 0, 2, 2, false)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("GIF89a", "neither as a JPEG nor")]
    [InlineData("<html><body>404 Not Found</body></html>", "neither as a JPEG nor")]
    public void Decode_NoImage_SaysSo(string content, string problem) =>
        Decode([.. content.Select(c => (byte)c)], Builders.Data, out _, out _)!.ShouldContain(problem);

    [Fact]
    public void Measure_AbsurdSize_IsRefusedByItsHeader()
    {
        var jpeg = pillow.Bytes("420.jpg");
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 65_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 65_001);
        Decode(jpeg, Builders.Data, out _, out _)!.ShouldContain("65001 × 65000 pixels, more than data.maxPixels (100000000)");

        Decode(pillow.Bytes("420.jpg"), Builders.Data with { MaxPixels = 97 * 133 - 1 }, out _, out _)!.ShouldContain("data.maxPixels");
        Decode(pillow.Bytes("420.jpg"), Builders.Data with { MaxPixels = 97 * 133 }, out _, out _).ShouldBeNull();
    }

    [Fact]
    public void Decode_DamagedJpeg_IsCorrupt()
    {
        var jpeg = pillow.Bytes("restarts.jpg");
        jpeg.AsSpan(jpeg.Length / 2, 40).Fill(0xFF);
        Decode(jpeg, Builders.Data, out _, out _).ShouldNotBeNull();
    }

    [Fact]
    public void Decode_AfterACorruptFile_WorksAsBefore()
    {
        var decoder = new ImageDecoder(Builders.Data, scaleDown: false);
        var file = pillow.Bytes("420.jpg");
        var whole = StoredImage.OfFile(file);
        var half = StoredImage.OfFile(file.AsSpan(0, file.Length / 2));
        decoder.Measure(half, out var header).ShouldBeNull();
        decoder.Decode(half, header, CropWindow.Whole(97, 133), 1, out _).ShouldNotBeNull();
        decoder.Decode(whole, header, CropWindow.Whole(97, 133), 1, out var image).ShouldBeNull();
        Rgb(image.View.Pixels).ShouldBe(pillow.Bytes("420.jpg.rgb"));
    }

    [Theory]
    [InlineData(1200, 299, 4)]
    [InlineData(1195, 299, 2)]
    [InlineData(597, 299, 1)]
    [InlineData(598, 299, 2)]
    [InlineData(1200, 75, 8)]
    public void Decode_LargeJpeg_IsScaledNoFurtherThanTheTarget(int side, int target, int denominator)
    {
        var stored = StoredImage.OfFile(pillow.Bytes("large-Wood.jpg"));
        var window = new CropWindow(0, 11, side, side, false);
        foreach (var (scaleDown, data) in new[] { (true, Builders.Data), (false, Builders.Data), (true, Builders.Data with { DctScaling = false }) })
        {
            var decoder = new ImageDecoder(data, scaleDown);
            decoder.Measure(stored, out var header).ShouldBeNull();
            decoder.Decode(stored, header, window, target, out var image).ShouldBeNull();
            image.Denominator.ShouldBe(scaleDown && data.DctScaling ? denominator : 1);
        }
    }

    private static string? Decode(byte[] file, DataSpec data, out byte[] pixels, out (int Height, int Width) size, CropWindow? window = null)
    {
        pixels = [];
        size = default;
        var decoder = new ImageDecoder(data, scaleDown: false);
        var stored = StoredImage.OfFile(file);
        if (decoder.Measure(stored, out var header) is { } problem) return problem;
        size = ImageDecoder.SizeOf(header);
        if (decoder.Decode(stored, header, window ?? CropWindow.Whole(size.Height, size.Width), 1, out var image) is { } damaged) return damaged;
        pixels = Rgb(image.View.Pixels);
        return null;
    }

    private static byte[] Rgb(ReadOnlySpan<byte> rgbx)
    {
        var rgb = new byte[rgbx.Length / 4 * 3];
        for (var i = 0; i < rgbx.Length / 4; i++) rgbx.Slice(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        return rgb;
    }
}
