using System.Xml.Linq;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Jobs;
using Inception.Distributed.Tests;

namespace Inception.Distributed.Cli.Tests.Display;

public sealed class ScheduleChartTests
{
    private static readonly string Docs = Path.Combine(Repository.Root, "docs");

    /// <summary>As <c>inception job schedule docs/schedules/*.yaml</c> finds them.</summary>
    private static List<ScheduleCurve> Documented() =>
        [.. Directory.GetFiles(Path.Combine(Docs, "schedules"), "*.yaml").Order(StringComparer.Ordinal).Select(file => new ScheduleCurve(JobFile.Load(file, [])))];

    [Fact]
    public void Draw_TheDocumentedSchedules_IsThePictureInTheRepository()
    {
        var picture = Path.Combine(Docs, "images", "schedules.svg");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(picture, ScheduleChart.Draw(Documented()));

        File.ReadAllText(picture).ShouldBe(ScheduleChart.Draw(Documented()), "docs/images/schedules.svg is out of date: run these tests once with UPDATE_DOCS=1");
    }

    [Fact]
    public void Documented_EveryPolicyIsThere() =>
        Documented().Select(curve => curve.Job.Schedule.Policy).ShouldBe(Enum.GetValues<SchedulePolicy>(), ignoreOrder: true);

    [Fact]
    public void Draw_AnyCurves_IsXmlWithEveryPointInsideTheFrame()
    {
        var picture = XDocument.Parse(ScheduleChart.Draw(Documented()));
        var numbers = picture.Descendants().Attributes("d").SelectMany(path => path.Value.Split('M', 'L', 'H', 'V', 'h', 'v', ' ')).Where(part => part != "")
            .Select(part => double.Parse(part, System.Globalization.CultureInfo.InvariantCulture));

        numbers.ShouldAllBe(number => number >= 0 && number <= 760);
    }

    [Fact]
    public void Table_HasTheStartTheEndOfWarmupEachMilestoneAndTheEnd()
    {
        var step = Documented().Single(curve => curve.Job.Name == "step");

        var lines = ScheduleTable.Of(step).Split('\n');

        lines[0].ShouldBe("step: 100 epochs, 5 of warm-up, step from 0.045");
        foreach (var line in new[] { "     0.00     0.00000000", "     5.00     0.04500000  ━━━━", "    30.00     0.00450000  ━━━━", "    90.00     0.00004500", "   100.00     0.00004500" })
            lines.ShouldContain(row => row.StartsWith(line, StringComparison.Ordinal));
    }
}
