using System.CommandLine;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Models;
using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Cli.Commands;

/// <summary><c>model factorization</c>: what taking convolutions apart saves.</summary>
internal static class ModelFactorizationCommand
{
    private static readonly ((long, long) Whole, (long, long)[] Parts)[] Cases =
    [
        ((5, 5), [(3, 3), (3, 3)]),
        ((7, 7), [(3, 3), (3, 3), (3, 3)]),
        ((3, 3), [(1, 3), (3, 1)]),
        ((5, 5), [(1, 5), (5, 1)]),
        ((7, 7), [(1, 7), (7, 1)]),
    ];

    public static Command Create()
    {
        var channels = new Option<int>("--channels") { Description = "Of every layer, in and out.", HelpName = "N", DefaultValueFactory = _ => 64 };
        var grid = new Option<int>("--grid") { Description = "Height and width of the feature map.", HelpName = "CELLS", DefaultValueFactory = _ => 17 };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new ExampleCommand("factorization",
            "Shows what convolutions cost as a whole and taken apart (\"Rethinking the Inception Architecture\", sections 3.1 and 3.2), counted on layers that are built and run.",
            "inception model factorization",
            "inception model factorization --channels 192 --grid 17")
        {
            channels, grid, json,
        };
        command.SetAction(line =>
        {
            var (width, cells) = (Within(line, channels, 4096), Within(line, grid, 512));
            var measured = Cases.Select(item => Factorization.Measure(item.Whole, item.Parts, width, cells)).ToList();
            if (line.GetValue(json)) Console.WriteLine(ModelJson.Of(measured, width, cells));
            else foreach (var text in Table(measured, width, cells)) Console.WriteLine(text);
            return ExitCode.Ok;
        });
        return command;
    }

    private static int Within(ParseResult line, Option<int> option, int most) => line.GetValue(option) is var given && given >= 1 && given <= most
        ? given
        : throw new UserErrorException(option.Name, Format.Text($"must be 1 to {most}, not {given}"));

    private static IEnumerable<string> Table(IEnumerable<FactorizedConvolution> measured, int channels, int grid)
    {
        yield return Format.Text($"convolutions of {channels} to {channels} channels on {grid}×{grid} cells, and those that see as much together");
        yield return "";
        yield return Row("one", "several", "multiply-adds", "", "weights", "", "saves");
        foreach (var item in measured)
        {
            yield return Row(LayerText.Size(item.Whole), string.Join(" + ", item.Parts.Select(LayerText.Size)),
                LayerText.Amount(item.WholeCost), LayerText.Amount(item.PartsCost), Format.Count(item.WholeParameters), Format.Count(item.PartsParameters), Format.Text($"{100 * item.Saving:0} %"));
        }
    }

    private static string Row(string whole, string parts, string wholeCost, string partsCost, string wholeWeights, string partsWeights, string saving) =>
        $"{whole,-5} {parts,-16} {wholeCost,13}{(partsCost == "" ? "   " : " → ")}{partsCost,-9} {wholeWeights,11}{(partsWeights == "" ? "   " : " → ")}{partsWeights,-11} {saving,6}".TrimEnd();
}
