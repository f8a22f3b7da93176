using System.Text.Json;
using System.Xml.Linq;
using Inception.Distributed.Cli.Models;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Tests.Models;

public sealed class NetworkReportTests
{
    private static readonly Lazy<NetworkReport> InceptionV3 = new(() => Report("inception-v3", 299));

    [Fact]
    public void Of_InceptionV3_IsWhatIsPublished()
    {
        var report = InceptionV3.Value;

        report.PredictionParameters.ShouldBe(23_834_568);
        report.Parameters.ShouldBe(27_161_264);
        // torchvision's figure, 5.713 · 10⁹: convolutions and linear layers of a prediction.
        report.MultiplyAdds.ShouldBeInRange(5_712_500_000, 5_713_500_000);
        report.Depth.ShouldBe(48);
        report.Blocks.Single(block => block.Name == "Mixed_7c").Output.ShouldBe([2048L, 8L, 8L]);
        report.Blocks.Single(block => block.Name == "Mixed_7b").Ends.Count().ShouldBe(6);
    }

    [Fact]
    public void Of_GoogLeNet_IsWhatIsPublished()
    {
        var report = Report("googlenet", 224);

        report.PredictionParameters.ShouldBe(6_998_552);
        report.Parameters.ShouldBe(13_378_280);
        // "Going deeper with convolutions", abstract: a 22 layers deep network; section 4: 1.5 billion multiply-adds at inference time.
        report.Depth.ShouldBe(22);
        report.MultiplyAdds.ShouldBeInRange(1_450_000_000, 1_650_000_000);
    }

    [Fact]
    public void SummaryTable_FitsItsColumns_AndItsLayersAddUp()
    {
        var lines = SummaryTable.Of(InceptionV3.Value).ToList();

        lines.ShouldContain("Mixed_6e               4 branches     768×17×17       2,141,952       617.9 M  927");
        lines.ShouldContain("  branch7x7_2          conv 1×7       192×17×17         258,432        74.6 M  735×831");
        lines.ShouldContain("prediction   23,834,568 parameters, 5.713 G multiply-adds, 48 layers deep");
        lines.ShouldAllBe(line => line.Length <= 100);
        InceptionV3.Value.Layers.Sum(layer => layer.Parameters).ShouldBe(InceptionV3.Value.Blocks.Sum(block => block.Parameters));
    }

    [Fact]
    public void ComparisonTable_HasAColumnForEachNetwork()
    {
        var lines = ComparisonTable.Of([Report("googlenet", 224), InceptionV3.Value]).ToList();

        lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["googlenet", "inception-v3"]);
        lines.Single(line => line.StartsWith("parameters", StringComparison.Ordinal)).ShouldEndWith(" 6,998,552    23,834,568");
        lines[^1].ShouldEndWith("3.61 ×");
        lines.ShouldAllBe(line => line.Length <= 80);
    }

    [Fact]
    public void Json_HasTheSameFigures()
    {
        using var json = JsonDocument.Parse(ModelJson.Of(InceptionV3.Value));

        json.RootElement.GetProperty("network").GetProperty("multiplyAdds").GetInt64().ShouldBe(InceptionV3.Value.MultiplyAdds);
        var layers = json.RootElement.GetProperty("layers").EnumerateArray().ToList();
        layers.Sum(layer => layer.GetProperty("parameters").GetInt64()).ShouldBe(27_161_264);
        layers.Single(layer => layer.GetProperty("name").GetString() == "Mixed_6b.branch7x7_2").GetProperty("kernel").EnumerateArray().Select(size => size.GetInt64()).ShouldBe([1, 7]);
    }

    [Theory]
    [InlineData("inception-v3", 299), InlineData("googlenet", 224), InlineData("bn-inception", 224)]
    public void Picture_ShowsEveryLayerOnceAndInsideItsBorders(string network, int input)
    {
        var report = network == "inception-v3" ? InceptionV3.Value : Report(network, input);

        var svg = XDocument.Parse(NetworkPicture.Of(report)).Root!;

        XNamespace ns = "http://www.w3.org/2000/svg";
        var box = svg.Attribute("viewBox")!.Value.Split(' ').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        svg.Descendants(ns + "title").Select(title => title.Value.Split(':')[0]).ShouldBe(report.Layers.Select(layer => layer.Name), ignoreOrder: true);
        svg.Descendants(ns + "rect").ShouldAllBe(rect => (double)rect.Attribute("width")! <= box[2] && ((double?)rect.Attribute("x") ?? 0) + (double)rect.Attribute("width")! <= box[2]
            && ((double?)rect.Attribute("y") ?? 0) + (double)rect.Attribute("height")! <= box[3]);
    }

    private static NetworkReport Report(string name, int input) => NetworkReport.Of(new ModelSpec { Name = name, Classes = 1000, InputSize = input });
}
