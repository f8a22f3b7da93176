using System.Diagnostics;
using System.Globalization;
using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

/// <summary>Image files that pillow_images.py makes, and their pixels as Pillow sees them. Made once for all tests.</summary>
public sealed class PillowImages : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryDirectory _directory = new();

    public PillowImages()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Data", "pillow_images.py");
        using var process = Process.Start(new ProcessStartInfo(Python, [script, _directory.Path]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"pillow_images.py needs python3-pil and mate-backgrounds: {errors}");
    }

    public IEnumerable<PillowFile> Files => Lines("files.txt").Select(line => new PillowFile(
        line[0], Number(line[1]), Number(line[2]), line[3] == "1", Bytes(line[0]), Bytes(line[3] == "1" ? $"{line[0]}.upright.rgb" : $"{line[0]}.rgb")));

    public IEnumerable<PillowResize> Resizes => Lines("resizes.txt").Select((line, i) => new PillowResize(
        line[0], Bytes(line[0]), new CropWindow(Number(line[1]), Number(line[2]), Number(line[3]), Number(line[4]), line[5] == "1"),
        Enum.Parse<ResizeKind>(line[6], ignoreCase: true), Number(line[7]), Bytes($"resize-{i}.rgb")));

    public byte[] Bytes(string name) => File.ReadAllBytes(_directory[name]);

    public void Dispose() => _directory.Dispose();

    private IEnumerable<string[]> Lines(string name) => File.ReadLines(_directory[name]).Select(line => line.Split('\t'));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <param name="Upright">The EXIF orientation is honoured in <paramref name="Pixels"/>.</param>
/// <param name="Pixels">RGB, row by row.</param>
public sealed record PillowFile(string Name, int Height, int Width, bool Upright, byte[] Content, byte[] Pixels);

/// <param name="Pixels">The window scaled to size · size, RGB, row by row.</param>
public sealed record PillowResize(string Name, byte[] Content, CropWindow Window, ResizeKind Filter, int Size, byte[] Pixels);
