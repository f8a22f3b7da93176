using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Cuts a window out of an image, normalises it, scales it bilinearly to a square and writes RGB floats (height, width, channel), in
/// one pass over the window's rows. Only single operations that IEEE 754 rounds exactly, so every machine gives the same bits. One
/// thread at a time.
/// </summary>
internal sealed class ImageResizer
{
    private const int OutputChannels = 3;

    private readonly int _size;
    private readonly float _scale;
    private readonly float _shift;
    private readonly ResizeTaps _rows;
    private readonly ResizeTaps _columns;
    private readonly ResizeTaps _mirroredColumns;
    private readonly float[] _greyRow;
    private float[] _windowRow = [];

    // The two source rows, scaled horizontally, that the output row lies between.
    private float[] _upper;
    private float[] _lower;
    private int _upperRow;
    private int _lowerRow;

    public ImageResizer(int size, NormalizeSpec normalize)
    {
        _size = size;
        _scale = (float)(1 / (255 * normalize.Deviation));
        _shift = (float)(-normalize.Mean / normalize.Deviation);
        _rows = new ResizeTaps(size);
        _columns = new ResizeTaps(size);
        _mirroredColumns = new ResizeTaps(size);
        _greyRow = new float[size];
        _upper = new float[size * OutputChannels];
        _lower = new float[size * OutputChannels];
    }

    /// <param name="output">size · size · 3 floats.</param>
    public void Resize(ImageView image, CropWindow window, Span<float> output)
    {
        var columns = window.Mirrored ? _mirroredColumns : _columns;
        columns.Prepare(window.Width, image.Channels, window.Mirrored);
        _rows.Prepare(window.Height, stride: 1, mirrored: false);
        _upperRow = _lowerRow = -1;
        var rowLength = _size * OutputChannels;
        for (var y = 0; y < _size; y++)
        {
            LoadRows(image, window, columns, _rows.First[y], _rows.Second[y]);
            var outputRow = output.Slice(y * rowLength, rowLength);
            if (image.Channels == 1)
            {
                Interpolate(_upper.AsSpan(0, _size), _lower.AsSpan(0, _size), _rows.Weight[y], _greyRow);
                Triple(_greyRow, outputRow);
            }
            else
            {
                Interpolate(_upper.AsSpan(0, rowLength), _lower.AsSpan(0, rowLength), _rows.Weight[y], outputRow);
            }
        }
    }

    /// <summary>Rows come in ascending order, so the lower one of before is often the upper one now.</summary>
    private void LoadRows(ImageView image, CropWindow window, ResizeTaps columns, int upperRow, int lowerRow)
    {
        if (upperRow == _lowerRow)
        {
            (_upper, _lower) = (_lower, _upper);
            (_upperRow, _lowerRow) = (_lowerRow, _upperRow);
        }

        if (upperRow != _upperRow)
        {
            LoadRow(image, window, columns, upperRow, _upper);
            _upperRow = upperRow;
        }

        if (lowerRow != _lowerRow)
        {
            LoadRow(image, window, columns, lowerRow, _lower);
            _lowerRow = lowerRow;
        }
    }

    private void LoadRow(ImageView image, CropWindow window, ResizeTaps columns, int row, float[] scaled)
    {
        var channels = image.Channels;
        var length = window.Width * channels;
        if (_windowRow.Length < length)
        {
            _windowRow = new float[length];
        }

        var source = _windowRow.AsSpan(0, length);
        var imageRow = window.Top + row;
        var firstColumn = Math.Clamp(-window.Left, 0, window.Width);
        var endColumn = Math.Clamp(image.Width - window.Left, firstColumn, window.Width);
        if (imageRow < 0 || imageRow >= image.Height || firstColumn == endColumn)
        {
            source.Fill(_shift);
        }
        else
        {
            source[..(firstColumn * channels)].Fill(_shift);
            source[(endColumn * channels)..].Fill(_shift);
            var inside = image.Row(imageRow)[((window.Left + firstColumn) * channels)..((window.Left + endColumn) * channels)];
            Normalize(inside, source[(firstColumn * channels)..]);
        }

        if (channels == 1)
        {
            ScaleGrey(source, columns, scaled);
        }
        else
        {
            ScaleColour(source, columns, scaled);
        }
    }

    private void Normalize(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        var i = 0;
        for (; i <= pixels.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(pixels[i..]));
            NormalizeEight(low, values[i..]);
            NormalizeEight(high, values[(i + 8)..]);
        }

        for (; i < pixels.Length; i++)
        {
            values[i] = pixels[i] * _scale + _shift;
        }
    }

    private void NormalizeEight(Vector128<ushort> pixels, Span<float> values)
    {
        var (low, high) = Vector128.Widen(pixels);
        (Vector128.ConvertToSingle(low.AsInt32()) * _scale + Vector128.Create(_shift)).CopyTo(values);
        (Vector128.ConvertToSingle(high.AsInt32()) * _scale + Vector128.Create(_shift)).CopyTo(values[4..]);
    }

    private static void ScaleGrey(ReadOnlySpan<float> source, ResizeTaps taps, float[] scaled)
    {
        var (first, second, weight) = (taps.First, taps.Second, taps.Weight);
        for (var x = 0; x < weight.Length; x++)
        {
            var left = source[first[x]];
            scaled[x] = left + (source[second[x]] - left) * weight[x];
        }
    }

    private static void ScaleColour(ReadOnlySpan<float> source, ResizeTaps taps, float[] scaled)
    {
        var (first, second, weight) = (taps.First, taps.Second, taps.Weight);
        for (var x = 0; x < weight.Length; x++)
        {
            var left = source.Slice(first[x], OutputChannels);
            var right = source.Slice(second[x], OutputChannels);
            var pixel = scaled.AsSpan(x * OutputChannels, OutputChannels);
            pixel[0] = left[0] + (right[0] - left[0]) * weight[x];
            pixel[1] = left[1] + (right[1] - left[1]) * weight[x];
            pixel[2] = left[2] + (right[2] - left[2]) * weight[x];
        }
    }

    private static void Interpolate(ReadOnlySpan<float> upper, ReadOnlySpan<float> lower, float weight, Span<float> output)
    {
        var uppers = MemoryMarshal.Cast<float, Vector<float>>(upper);
        var lowers = MemoryMarshal.Cast<float, Vector<float>>(lower);
        var outputs = MemoryMarshal.Cast<float, Vector<float>>(output);
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = uppers[i] + (lowers[i] - uppers[i]) * weight;
        }

        for (var i = outputs.Length * Vector<float>.Count; i < output.Length; i++)
        {
            output[i] = upper[i] + (lower[i] - upper[i]) * weight;
        }
    }

    /// <summary>Grey to RGB: each value three times.</summary>
    private static void Triple(ReadOnlySpan<float> grey, Span<float> output)
    {
        var x = 0;
        for (; x <= grey.Length - Vector128<float>.Count; x += Vector128<float>.Count)
        {
            var four = Vector128.Create(grey[x..]);
            var target = output.Slice(x * OutputChannels, 12);
            Vector128.Shuffle(four, Vector128.Create(0, 0, 0, 1)).CopyTo(target);
            Vector128.Shuffle(four, Vector128.Create(1, 1, 2, 2)).CopyTo(target[4..]);
            Vector128.Shuffle(four, Vector128.Create(2, 3, 3, 3)).CopyTo(target[8..]);
        }

        for (; x < grey.Length; x++)
        {
            output.Slice(x * OutputChannels, OutputChannels).Fill(grey[x]);
        }
    }
}
