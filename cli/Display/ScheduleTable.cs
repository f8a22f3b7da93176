using System.Text;

namespace Inception.Distributed.Cli.Display;

/// <summary>A learning rate over the run as a table with bars.</summary>
internal static class ScheduleTable
{
    private const int Rows = 20;
    private const int BarWidth = 40;

    public static string Of(ScheduleCurve curve)
    {
        var (schedule, job) = (curve.Schedule, curve.Job);
        var warmup = job.Schedule.Warmup > 0 ? Format.Text($"{job.Schedule.Warmup} of warm-up, ") : "";
        var text = new StringBuilder(Format.Text($"{job.Name}: {job.Schedule.Epochs} epochs, {warmup}{curve.Policy} from {schedule.Peak}\n\n"));
        text.Append("    epoch  learning rate\n");
        foreach (var epoch in Epochs(curve))
        {
            var rate = schedule.At(epoch);
            var bar = new string('━', (int)Math.Round(BarWidth * rate / schedule.Peak));
            text.Append(Format.Text($"  {epoch,7:0.00}  {rate,13:0.00000000}  {bar}").TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    // Evenly spaced, with the corners unless these are many (a staircase's); the last one just before the end, where nothing is trained any more.
    private static IEnumerable<double> Epochs(ScheduleCurve curve)
    {
        var end = curve.Job.Schedule.Epochs;
        var corners = curve.Schedule.Corners.Count <= Rows ? curve.Schedule.Corners : [0, curve.Job.Schedule.Warmup];
        return Enumerable.Range(0, Rows).Select(row => end * row / Rows).Concat(corners).Where(epoch => epoch < end)
            .Append(Math.BitDecrement(end)).Distinct().Order();
    }
}
