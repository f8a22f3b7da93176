using System.Security;
using System.Text;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Cli.Models;

/// <summary>A network as an SVG picture of about 16:9: the trunk in lines from left to right, auxiliary heads below it.</summary>
internal sealed class NetworkPicture
{
    private const double Margin = 36, Gap = 20, TitleHeight = 74, LegendHeight = 44, LabelHeight = 34, HeadGap = 30, LineGap = 26;
    // What the legend and the title take.
    private const double NarrowestLegend = 980;

    private const double WantedAspect = 16.0 / 9;

    private static readonly (string Name, string Fill, Func<TracedLayer, bool> Is)[] Kinds =
    [
        ("convolution 1×1", "#d6e4f5", layer => layer is { Kind: LayerKind.Convolution, Window.Kernel: (1, 1) }),
        ("convolution n×n", "#8fb8e8", layer => layer.Kind == LayerKind.Convolution && layer.Window.Kernel.Height == layer.Window.Kernel.Width),
        ("convolution 1×n, n×1", "#f6c67d", layer => layer.Kind == LayerKind.Convolution),
        ("max pooling", "#f0a8a0", layer => layer.Kind == LayerKind.MaxPool),
        ("mean pooling", "#b9dfb4", layer => layer.Kind == LayerKind.AveragePool),
        ("response norm", "#d9d9d9", layer => layer.Kind == LayerKind.LocalResponseNorm),
        ("linear", "#cdbde6", layer => layer.Kind == LayerKind.Linear),
    ];

    private readonly StringBuilder _svg = new();
    private readonly NetworkReport _report;
    private readonly List<PlacedBlock> _trunk;
    private readonly List<PlacedBlock> _heads;

    private NetworkPicture(NetworkReport report)
    {
        _report = report;
        var placed = report.Blocks.Select(PlacedBlock.Of).ToList();
        _trunk = [.. placed.Where(block => !block.Block.IsAuxiliary)];
        _heads = [.. placed.Where(block => block.Block.IsAuxiliary)];
    }

    public static string Of(NetworkReport report) => new NetworkPicture(report).Draw();

    private string Draw()
    {
        var width = Enumerable.Range(8, 40).Select(step => step * 100.0).MinBy(candidate => Math.Abs(Math.Log(candidate / HeightOf(Lines(candidate)) / WantedAspect)));
        var lines = Lines(width);
        var height = HeightOf(lines);
        width = Math.Max(NarrowestLegend, lines.Max(line => line.Sum(block => block.Width + Gap) - Gap + 2 * Margin));
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" text-anchor="middle">""");
        Add($"""<rect width="{width}" height="{height}" fill="#ffffff"/>""");
        Title();
        var top = TitleHeight;
        (double X, double Y)? end = null;
        foreach (var line in lines)
        {
            end = DrawLine(line, top, end);
            top += LineHeight(line) + LineGap;
        }

        Legend(height);
        _svg.Append("</svg>\n");
        return _svg.ToString();
    }

    private List<List<PlacedBlock>> Lines(double width)
    {
        List<List<PlacedBlock>> lines = [[]];
        var x = Margin;
        foreach (var block in _trunk)
        {
            if (x + block.Width > width - Margin && lines[^1].Count > 0)
            {
                lines.Add([]);
                x = Margin;
            }

            lines[^1].Add(block);
            x += block.Width + Gap;
        }

        return lines;
    }

    private double HeightOf(List<List<PlacedBlock>> lines) => TitleHeight + lines.Sum(LineHeight) + (lines.Count - 1) * LineGap + LegendHeight;

    private double LineHeight(List<PlacedBlock> line) => TrunkHeight(line) + HeadsOf(line).Select(head => HeadGap + head.Head.Height + LabelHeight / 2).DefaultIfEmpty().Max();

    private static double TrunkHeight(List<PlacedBlock> line) => LabelHeight + line.Max(block => block.Height);

    private IEnumerable<(PlacedBlock Head, PlacedBlock After)> HeadsOf(List<PlacedBlock> line) =>
        from head in _heads from block in line where head.Block.Layers[0].Source == block.Block.Name select (head, block);

    /// <returns>Where the trunk leaves the line.</returns>
    private (double X, double Y) DrawLine(List<PlacedBlock> line, double top, (double X, double Y)? from)
    {
        var middle = top + LabelHeight / 2 + line.Max(block => block.Height) / 2;
        var x = Margin;
        if (from is { } end)
        {
            var between = top - LineGap / 2 + 2;
            Add($"""<path d="M{end.X} {end.Y} h{Gap / 2} V{between} H{Margin - Gap / 2} V{middle} H{Margin}" fill="none" stroke="#777777" stroke-width="1.5"/>""");
        }

        var places = new Dictionary<string, double>();
        foreach (var block in line)
        {
            if (x > Margin) Add($"""<path d="M{x - Gap} {middle} H{x}" stroke="#777777" stroke-width="1.5"/>""");
            DrawBlock(block, x, middle - block.Height / 2);
            places[block.Block.Name] = x + block.Width;
            x += block.Width + Gap;
        }

        foreach (var (head, after) in HeadsOf(line)) DrawHead(head, places[after.Block.Name], middle, top + TrunkHeight(line) + HeadGap - LabelHeight / 4, x - Gap);
        return (x - Gap, middle);
    }

    // Below the trunk, where it leaves; to the left where there is no room on the right.
    private void DrawHead(PlacedBlock head, double outlet, double middle, double top, double right)
    {
        var x = Math.Max(Margin, Math.Min(outlet + Gap / 2, right - head.Width));
        var entry = x + PlacedBlock.Padding + PlacedBlock.BoxWidth / 2;
        Add($"""<path d="M{outlet + Gap / 2} {middle} V{top - HeadGap / 2 + 3} H{entry} V{top + PlacedBlock.Padding}" fill="none" stroke="#777777" stroke-width="1.5" stroke-dasharray="4 3"/>""");
        DrawBlock(head with { Wires = [.. head.Wires.Where(wire => wire.From.X > 0 && wire.To.X < head.Width)] }, x, top);
    }

    private void DrawBlock(PlacedBlock block, double x, double y)
    {
        if (!block.Block.IsLayer)
        {
            var dashed = block.Block.IsAuxiliary ? " stroke-dasharray=\"4 3\"" : "";
            Add($"""<rect x="{x}" y="{y}" width="{block.Width}" height="{block.Height}" rx="9" fill="#f7f7f7" stroke="#b5b5b5"{dashed}/>""");
            if (block.Block.IsAuxiliary)
            {
                Label(x + block.Width / 2, y + block.Height + 14, 12, $"{block.Block.Name}, auxiliary head", "bold");
            }
            else
            {
                Label(x + block.Width / 2, y - 5, 12, block.Block.Name, "bold");
                Label(x + block.Width / 2, y + block.Height + 13, 11, LayerText.Shape(block.Block.Output));
            }
        }

        foreach (var wire in block.Wires) DrawWire(x, y, wire);
        foreach (var box in block.Boxes) DrawBox(box, x + box.X, y + box.Y, alone: block.Block.IsLayer);
    }

    private void DrawBox(Box box, double x, double y, bool alone)
    {
        var layer = box.Layer;
        var centre = x + PlacedBlock.BoxWidth / 2;
        Add($"""<rect x="{x}" y="{y}" width="{PlacedBlock.BoxWidth}" height="{PlacedBlock.BoxHeight}" rx="4" fill="{Kinds.First(kind => kind.Is(layer)).Fill}" stroke="#555555" stroke-width="0.8"><title>{SecurityElement.Escape(Hint(layer))}</title></rect>""");
        Label(centre, y + 13, 11.5, layer.Kind switch { LayerKind.Linear => "fc", LayerKind.LocalResponseNorm => "LRN", _ => LayerText.Window(layer.Window) });
        Label(centre, y + 25, 9.5, LayerText.Text($"{layer.Output[0]}"), fill: "#444444");
        if (alone && layer.Output.Length == 3) Label(centre, y + PlacedBlock.BoxHeight + 12, 9.5, LayerText.Size((layer.Output[1], layer.Output[2])), fill: "#444444");
    }

    private static string Hint(TracedLayer layer) =>
        $"{layer.Name}: {LayerText.Kind(layer)}, {LayerText.Shape(layer.Output)}, {Format.Count(layer.Parameters)} parameters, {LayerText.Amount(layer.MultiplyAdds)} multiply-adds";

    // A curve that begins and ends level.
    private void DrawWire(double x, double y, Wire wire)
    {
        var (fromX, fromY, toX, toY) = (x + wire.From.X, y + wire.From.Y, x + wire.To.X, y + wire.To.Y);
        var bend = Math.Min(PlacedBlock.ColumnGap, toX - fromX) * 0.6;
        var last = Math.Max(fromX, toX - PlacedBlock.Padding - 2);
        // One that passes columns stays in its row until the last gap.
        var level = wire.To.X - wire.From.X > PlacedBlock.ColumnGap + 2 ? LayerText.Text($"H{last} ") : "";
        Add($"""<path d="M{fromX} {fromY} {level}C{(level == "" ? fromX : last) + bend} {fromY} {toX - bend} {toY} {toX} {toY}" fill="none" stroke="#777777"/>""");
    }

    private void Title()
    {
        var model = _report.Model;
        Add($"""<text x="{Margin}" y="36" font-size="24" font-weight="bold" text-anchor="start">{SecurityElement.Escape(model.Name)}</text>""");
        Add($"""<text x="{Margin}" y="56" font-size="13" text-anchor="start" fill="#444444">{LayerText.Text($"{model.InputSize}×{model.InputSize} images, width {model.Width}: {Format.Count(_report.PredictionParameters)} parameters, {LayerText.Amount(_report.MultiplyAdds)} multiply-adds, {_report.Depth} layers deep")}</text>""");
    }

    private void Legend(double height)
    {
        var x = Margin;
        foreach (var (name, fill, _) in Kinds.Where(kind => _report.Layers.Any(layer => Kinds.First(other => other.Is(layer)).Name == kind.Name)))
        {
            Add($"""<rect x="{x}" y="{height - 27}" width="20" height="13" rx="3" fill="{fill}" stroke="#555555" stroke-width="0.8"/>""");
            Add($"""<text x="{x + 26}" y="{height - 16}" font-size="12" text-anchor="start">{name}</text>""");
            x += 26 + 7 * name.Length + 20;
        }

        Add($"""<text x="{x}" y="{height - 16}" font-size="12" text-anchor="start" fill="#444444">window/stride over channels</text>""");
    }

    private void Label(double x, double y, double size, string text, string weight = "normal", string fill = "#111111") =>
        Add($"""<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}">{SecurityElement.Escape(text)}</text>""");

    private void Add(FormattableString element) => _svg.Append(LayerText.Text(element)).Append('\n');
}
