using Inception.Distributed.Cli.Pictures;
using Inception.Distributed.Sampling;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Data.Tools;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inception.Distributed.Cli.DataTools;

/// <summary>
/// A few samples, a row each: the whole picture with a window for each epoch, then what the network gets in those epochs, framed in the
/// window's colour. Everything comes from the code that training runs, before samples of a micro-batch are mixed.
/// </summary>
internal sealed class ContactSheet
{
    private const int Rows = 5;
    private const int Epochs = 5;
    private const int SmallestCell = 168;
    private const int LargestCell = 320;
    private const int Frame = 5;
    private const int Gap = 12;
    private const int Line = Glyphs.Height + 4;
    private const int Channels = 3;

    private static readonly Colour Grey = new(110, 110, 110);
    private static readonly Colour Paper = new(236, 236, 236);

    // Okabe and Ito's: told apart by all eyes, on light and dark.
    private static readonly Colour[] EpochColours = [new(230, 159, 0), new(86, 180, 233), new(0, 158, 115), new(240, 228, 66), new(213, 94, 0)];

    private readonly DataSource _source;
    private readonly int _cell;
    private readonly RasterCanvas _canvas;
    private readonly Augmentation _augmentation;
    private readonly BatchBuilder _builder;
    private readonly PictureScaler _scaler;
    private readonly ByteBuffer _stored = new();
    private readonly float[] _image;

    private ContactSheet(DataSource source, int rows)
    {
        _source = source;
        _cell = source.InputSize >= SmallestCell ? Math.Min(source.InputSize, LargestCell) : SmallestCell / source.InputSize * source.InputSize;
        _canvas = new RasterCanvas(Gap + (Epochs + 1) * CellStep, Gap + Line + rows * RowStep);
        _augmentation = new Augmentation(source.Data.Augment, source.Seed);
        _builder = new BatchBuilder(source.Dataset, source.InputSize, source.Data, source.Seed, new CorruptSamples(source.Dataset, NullLogger.Instance));
        _scaler = new PictureScaler(source.Data, reserve: 1);
        _image = new float[_builder.ImageElements];
    }

    private int CellStep => _cell + 2 * Frame + Gap;

    private int RowStep => _cell + 2 * Frame + 2 * Line + Gap;

    /// <summary>Samples are spread over the dataset, and so over its classes.</summary>
    public static RasterCanvas Draw(DataSource source)
    {
        var rows = (int)Math.Min(Rows, source.Dataset.Count);
        var sheet = new ContactSheet(source, rows);
        for (var column = 0; column <= Epochs; column++)
            sheet._canvas.Text(Gap + column * sheet.CellStep, Gap + Line / 2, column == 0 ? "whole" : Display.Format.Text($"epoch {column}"), Anchor.Start, Colour.Black);
        for (var row = 0; row < rows; row++) sheet.DrawRow((2 * row + 1) * source.Dataset.Count / (2 * rows), Gap + Line + row * sheet.RowStep);
        return sheet._canvas;
    }

    private void DrawRow(long sample, int top)
    {
        var stored = _source.Dataset.Read(sample, _stored);
        var problem = _scaler.Measure(stored, out var header);
        problem ??= DrawWhole(stored, header, sample, top);
        if (problem is not null) _canvas.Fill(Gap, top, _cell + 2 * Frame, _cell + 2 * Frame, Paper);
        for (var epoch = 0; epoch < Epochs; epoch++) DrawEpoch(new SampleReference(epoch, sample), Gap + (epoch + 1) * CellStep, top);

        var label = _source.Dataset.Label(sample);
        var name = _source.ClassName(label);
        Label(top, 0, name is null ? Display.Format.Text($"class {label}") : Display.Format.Text($"{label} {name}"), Colour.Black);
        var size = problem ?? Display.Format.Text($"{header.Width} x {header.Height}, sample {sample}");
        Label(top, 1, size, Grey);
    }

    private void Label(int top, int line, string text, Colour colour)
    {
        // Ends before the sheet does.
        var most = (Epochs + 1) * CellStep / Glyphs.Width;
        _canvas.Text(Gap, top + _cell + 2 * Frame + line * Line + Line / 2, text.Length <= most ? text : text[..most], Anchor.Start, colour);
    }

    private string? DrawWhole(StoredImage stored, ImageHeader header, long sample, int top)
    {
        var (height, width) = PictureScaler.SizeOf(header);
        var scale = (double)_cell / Math.Max(height, width);
        var (shownHeight, shownWidth) = (Math.Max(1, (int)Math.Round(height * scale)), Math.Max(1, (int)Math.Round(width * scale)));
        if (_scaler.Scale(stored, header, shownHeight, shownWidth, out var pixels) is { } problem) return problem;
        var (left, above) = (Gap + Frame + (_cell - shownWidth) / 2, top + Frame + (_cell - shownHeight) / 2);
        _canvas.Fill(Gap, top, _cell + 2 * Frame, _cell + 2 * Frame, Paper);
        Picture(left, above, shownHeight, shownWidth, pixels);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var window = _augmentation.ForTraining(new SampleReference(epoch, sample), height, width);
            var (x, y) = (left + (int)Math.Round(window.Left * scale), above + (int)Math.Round(window.Top * scale));
            Outline(x, y, (int)Math.Round(window.Width * scale), (int)Math.Round(window.Height * scale), 2, EpochColours[epoch]);
        }

        return null;
    }

    private void DrawEpoch(SampleReference sample, int left, int top)
    {
        Span<long> labels = stackalloc long[1];
        _builder.Fill([sample], training: true, _image, labels);
        Outline(left, top, _cell + 2 * Frame, _cell + 2 * Frame, Frame - 1, EpochColours[(int)sample.Epoch]);
        Picture(left + Frame, top + Frame, _cell, _cell, Shown());
    }

    /// <summary>The network's input as a picture again: normalisation undone, each pixel repeated or left out to fit the cell.</summary>
    private byte[] Shown()
    {
        var (size, normalize) = (_source.InputSize, _source.Data.Normalize);
        var pixels = new byte[_cell * _cell * Channels];
        for (var y = 0; y < _cell; y++)
        {
            for (var x = 0; x < _cell * Channels; x++)
            {
                var value = _image[(y * size / _cell * size + x / Channels * size / _cell) * Channels + x % Channels];
                pixels[y * _cell * Channels + x] = (byte)Math.Clamp(Math.Round(255 * (value * normalize.Deviation + normalize.Mean)), 0, 255);
            }
        }

        return pixels;
    }

    private void Picture(int left, int top, int height, int width, ReadOnlySpan<byte> pixels)
    {
        var squares = new Colour[height, width];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var pixel = pixels.Slice((y * width + x) * Channels, Channels);
                squares[y, x] = new Colour(pixel[0], pixel[1], pixel[2]);
            }
        }

        _canvas.Grid(left, top, 1, squares);
    }

    private void Outline(int left, int top, int width, int height, int thickness, Colour colour)
    {
        _canvas.Fill(left, top, width, thickness, colour);
        _canvas.Fill(left, top + height - thickness, width, thickness, colour);
        _canvas.Fill(left, top, thickness, height, colour);
        _canvas.Fill(left + width - thickness, top, thickness, height, colour);
    }
}
