namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Scales a window of an image to RGB bytes with an antialiasing filter: along the rows, to bytes, then down the columns, in
/// whole-number arithmetic. So every machine gives the same bits, and they are Pillow's. One thread at a time.
/// </summary>
internal sealed class FilteredResizer
{
    private const int OutputChannels = 3;

    private const int Slack = DecodedImage.Slack;

    private readonly int _height;
    private readonly int _width;
    private readonly int _rowStride;
    private readonly FilterTaps _columns;
    private readonly FilterTaps _rows;
    private readonly ByteBuffer _expanded = new();
    private short[] _columnWeights = [];

    // Rows scaled horizontally that output rows still need: source row r is at r % _ringRows.
    private byte[] _ring = [];
    private RowPair[] _pairs = [];
    private int _ringRows;

    /// <summary>To a square.</summary>
    public FilteredResizer(int size, FilterKind filter) : this(size, size, filter)
    {
    }

    public FilteredResizer(int height, int width, FilterKind filter)
    {
        (_height, _width) = (height, width);
        _rowStride = (width * OutputChannels + Slack - 1) / Slack * Slack + Slack;
        _columns = new FilterTaps(width, filter);
        _rows = new FilterTaps(height, filter);
    }

    /// <param name="window">In the full-size image's pixels; what lies outside the image is black.</param>
    /// <param name="output">height · width · 3 bytes: row, column, channel.</param>
    public void Resize(DecodedImage image, CropWindow window, Span<byte> output)
    {
        var source = Source.Of(image, window, _expanded);
        var columnsChanged = _columns.Prepare(source.Left, source.Width, source.Columns, window.Mirrored);
        _rows.Prepare(source.Top, source.Height, source.Rows, mirrored: false);
        if (columnsChanged)
        {
            RowKernel.Expand(_columns, ref _columnWeights);
        }

        PrepareRing(_rows.Count);
        var rowLength = _width * OutputChannels;
        var next = 0;
        for (var y = 0; y < _height; y++)
        {
            var first = _rows.First[y];
            var end = Math.Min(first + _rows.Count, source.Rows);
            for (next = Math.Max(next, first); next < end; next++)
            {
                RowKernel.Scale(source.Pixels, next * source.Stride, _columns, _columnWeights, RingRow(next));
            }

            var pairs = Pair(first, _rows.Weights.AsSpan(y * _rows.Count, end - first));
            ColumnKernel.Combine(_ring, pairs, output.Slice(y * rowLength, rowLength));
        }
    }

    private Span<byte> RingRow(int row) => _ring.AsSpan(Offset(row), _rowStride);

    /// <summary>The rows that weigh anything, by twos; an odd last one is paired with itself at weight 0.</summary>
    private ReadOnlySpan<RowPair> Pair(int first, ReadOnlySpan<int> weights)
    {
        var (from, to) = (0, weights.Length);
        while (to - from > 1 && weights[to - 1] == 0) to--;
        while (to - from > 1 && weights[from] == 0) from++;
        var count = 0;
        for (var tap = from; tap < to; tap += 2)
        {
            var second = Math.Min(tap + 1, to - 1);
            _pairs[count++] = new RowPair(Offset(first + tap), Offset(first + second), weights[tap], second == tap ? 0 : weights[second]);
        }

        return _pairs.AsSpan(0, count);
    }

    private int Offset(int row) => row % _ringRows * _rowStride;

    private void PrepareRing(int rows)
    {
        _ringRows = rows;
        if (_pairs.Length < rows / 2)
        {
            _pairs = new RowPair[rows / 2];
        }

        if (_ring.Length < rows * _rowStride)
        {
            _ring = new byte[rows * _rowStride];
        }
    }

    /// <summary>RGBX pixels that can be read a vector beyond their end, and where the window lies in them.</summary>
    private readonly ref struct Source
    {
        /// <summary>From the pixel on that the window's corner lies in.</summary>
        public ReadOnlySpan<byte> Pixels { get; private init; }

        /// <summary>Bytes from one row to the next.</summary>
        public int Stride { get; private init; }

        /// <summary>Where in the first pixel the window begins: fractions of a pixel.</summary>
        public double Top { get; private init; }
        public double Left { get; private init; }
        public double Height { get; private init; }
        public double Width { get; private init; }

        /// <summary>Pixels that the window touches.</summary>
        public int Rows => (int)Math.Ceiling(Top + Height);
        public int Columns => (int)Math.Ceiling(Left + Width);

        public static Source Of(DecodedImage image, CropWindow window, ByteBuffer expanded)
        {
            var scale = 1.0 / image.Denominator;
            var top = window.Top * scale - image.Top;
            var left = window.Left * scale - image.Left;
            var (height, width) = (window.Height * scale, window.Width * scale);
            var view = image.View;
            if (view.Channels == 4 && image.HasSlack && top >= 0 && left >= 0 && top + height <= view.Height && left + width <= view.Width)
            {
                var (row, column) = ((int)top, (int)left);
                return new Source
                {
                    Pixels = image.Pixels[((row * view.Width + column) * 4)..],
                    Stride = 4 * view.Width,
                    Top = top - row,
                    Left = left - column,
                    Height = height,
                    Width = width,
                };
            }

            // Any other layout, or a window that reaches outside: a copy of just the window. Only full-size images come here.
            var pixels = expanded.Reserve(window.Height * window.Width * 4 + Slack);
            Copy(view, (int)Math.Floor(top), (int)Math.Floor(left), window.Height, window.Width, pixels);
            return new Source { Pixels = pixels, Stride = 4 * window.Width, Height = window.Height, Width = window.Width };
        }

        private static void Copy(ImageView view, int top, int left, int height, int width, Span<byte> pixels)
        {
            pixels.Clear();
            var (firstColumn, endColumn) = (Math.Max(0, -left), Math.Min(width, view.Width - left));
            for (var row = Math.Max(0, -top); row < Math.Min(height, view.Height - top); row++)
            {
                var source = view.Row(top + row);
                for (var column = firstColumn; column < endColumn; column++)
                {
                    var from = source.Slice((left + column) * view.Channels, view.Channels);
                    var to = pixels.Slice((row * width + column) * 4, 4);
                    to[0] = from[0];
                    to[1] = view.Channels == 1 ? from[0] : from[1];
                    to[2] = view.Channels == 1 ? from[0] : from[2];
                }
            }
        }
    }
}
