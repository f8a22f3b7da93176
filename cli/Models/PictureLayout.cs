using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Cli.Models;

/// <summary>A layer's box; left and top in pixels within its block.</summary>
internal sealed record Box(TracedLayer Layer, double X, double Y);

/// <summary>A line between two points of a block.</summary>
internal sealed record Wire((double X, double Y) From, (double X, double Y) To);

/// <summary>
/// A block with its boxes placed: branches below each other, layers from left to right. The trunk enters and leaves it at half its height.
/// </summary>
internal sealed record PlacedBlock(NetworkBlock Block, double Width, double Height, IReadOnlyList<Box> Boxes, IReadOnlyList<Wire> Wires)
{
    public const double BoxWidth = 46, BoxHeight = 30, ColumnGap = 14, RowGap = 8, Padding = 12;

    public static PlacedBlock Of(NetworkBlock block) => block.IsLayer
        ? new PlacedBlock(block, BoxWidth, BoxHeight, [new Box(block.Layers[0], 0, 0)], [])
        : new Placement(block).Result();

    private sealed class Placement(NetworkBlock block)
    {
        private readonly ILookup<string, TracedLayer> _after = block.Layers.ToLookup(layer => layer.Source);
        private readonly Dictionary<string, (int Column, double Row)> _places = [];
        private int _rows;

        public PlacedBlock Result()
        {
            var inside = block.Layers.Select(layer => layer.Name).ToHashSet();
            var first = block.Layers.Where(layer => !inside.Contains(layer.Source)).ToList();
            foreach (var layer in first) Place(layer, 0);
            var columns = _places.Values.Max(place => place.Column) + 1;
            var width = 2 * Padding + columns * BoxWidth + (columns - 1) * ColumnGap;
            var height = 2 * Padding + _rows * BoxHeight + (_rows - 1) * RowGap;
            var boxes = block.Layers.Select(layer => new Box(layer, X(layer), Y(layer))).ToList();
            List<Wire> wires =
            [
                .. first.Select(layer => new Wire((0, height / 2), Left(layer))),
                .. block.Layers.Where(layer => inside.Contains(layer.Source)).Select(layer => new Wire(Right(block.Layers.Single(other => other.Name == layer.Source)), Left(layer))),
                .. block.Ends.Select(layer => new Wire(Right(layer), (width, height / 2))),
            ];
            return new PlacedBlock(block, width, height, boxes, wires);
        }

        // A branch keeps its row; one that forks stands between its ends.
        private double Place(TracedLayer layer, int column)
        {
            var rows = _after[layer.Name].Select(next => Place(next, column + 1)).ToList();
            var row = rows.Count == 0 ? _rows++ : rows.Average();
            _places[layer.Name] = (column, row);
            return row;
        }

        private double X(TracedLayer layer) => Padding + _places[layer.Name].Column * (BoxWidth + ColumnGap);

        private double Y(TracedLayer layer) => Padding + _places[layer.Name].Row * (BoxHeight + RowGap);

        private (double, double) Left(TracedLayer layer) => (X(layer), Y(layer) + BoxHeight / 2);

        private (double, double) Right(TracedLayer layer) => (X(layer) + BoxWidth, Y(layer) + BoxHeight / 2);
    }
}
