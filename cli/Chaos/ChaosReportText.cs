using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Inception.Distributed.Cli.Display;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>The verdict for people and for scripts.</summary>
internal static class ChaosReportText
{
    public const string FileName = "report.json";

    private static readonly JsonSerializerOptions Readable =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Json(ChaosReport report) => JsonSerializer.Serialize(new
    {
        Clean = report.IsClean,
        report.Job,
        report.Schedule,
        report.Workers,
        report.WeightsSha256,
        report.Seconds,
        report.Faults,
        report.LeftOut,
        Runs = report.Runs.Select(run => new { run.Step, run.Generations, run.MicroBatchesKept, Seconds = run.SecondsTotal }),
        report.Samples,
        report.StepsRecomputed,
        Recoveries = ByFault(report).ToDictionary(group => group.Key, group => new
        {
            Count = group.Count(),
            Formed = new { P50 = Percentile(group, 0.5, one => one.Formed), P99 = Percentile(group, 0.99, one => one.Formed) },
            NextStep = new { P50 = Percentile(group, 0.5, one => one.NextStep), P99 = Percentile(group, 0.99, one => one.NextStep) },
        }),
        RecoveriesOverlapped = report.Recoveries.Count(one => !one.Alone),
        Processes = report.Processes.Select(process => new
        {
            process.Name,
            process.Lived,
            process.PeakMemory,
            Settled = process.CanTell ? process.Ends.First : null,
            AtTheEnd = process.CanTell ? process.Ends.Last : null,
        }),
        Growth = report.Growth,
        report.Leaks,
        report.Problems,
        report.Timeline,
    }, Readable);

    public static IEnumerable<string> Lines(ChaosReport report)
    {
        yield return "";
        yield return $"verdict: {(report.IsClean ? "clean" : "NOT clean")}";
        foreach (var problem in report.Problems.Concat(report.Growth)) yield return Row("problem", problem);
        yield return Row("faults", Format.Text($"{report.Faults.Values.Sum()} in {report.Seconds:0} s of training: ")
            + string.Join(", ", report.Faults.Select(kind => $"{kind.Value} {kind.Key}")));
        foreach (var group in report.LeftOut.GroupBy(left => left))
            yield return Row("left out", group.Count() == 1 ? group.Key : $"{group.Count()} times {group.Key}");
        if (report.Runs.Count > 0 && report.Problems.Count == 0)
        {
            yield return Row("weights", $"sha256 {report.WeightsSha256}, alike in {Format.Count(report.Runs.Count, "run")} of {Format.Count(report.Runs[0].Step, "step")}");
            yield return Row("samples", $"each of {Format.Count(report.Samples)} counted once");
        }
        yield return Row("computed", $"{Format.Count(report.StepsRecomputed, "step")} again, {Format.Count(report.Runs.Sum(run => run.MicroBatchesKept), "micro-batch", "es")} "
            + $"kept over {Format.Count(report.Runs.Sum(run => run.Generations), "generation")}");
        foreach (var group in ByFault(report))
        {
            yield return Row("recovery", $"{group.Key}: generation formed after {Percentiles(group, one => one.Formed)}, next step after "
                + $"{Percentiles(group, one => one.NextStep)} ({group.Count()} of them)");
        }
        if (report.Recoveries.Count(one => !one.Alone) is > 0 and var overlapped)
            yield return Row("", $"{overlapped} more overlapped with other faults and count for none of these");
        foreach (var line in Memory(report)) yield return Row("memory", line);
        if (report.Leaks.Count == 0) yield return Row("leaked", $"nothing ({Format.Count(report.Processes.Count, "process", "es")}, ports, shared memory, files)");
        foreach (var leak in report.Leaks) yield return Row("leaked", leak);
    }

    private static IEnumerable<string> Memory(ChaosReport report)
    {
        var told = report.Processes.Where(process => process.CanTell).ToList();
        if (told.Count == 0)
        {
            yield return Format.Text($"at most {report.Processes.Max(process => process.PeakMemory) / 1e6:0} MB a process; none lived long enough (2 minutes) to tell whether it grows");
            yield break;
        }
        if (!report.Growth.Any()) yield return $"flat, open files and threads too, in {Format.Count(told.Count, "process", "es")} that lived for 2 minutes or more. The longest-lived ones:";
        foreach (var process in told.OrderByDescending(process => process.Lived).Take(3))
        {
            var (first, last) = process.Ends;
            yield return Format.Text($"{process.Name}, {process.Lived:0} s: {first.Memory / 1e6:0} -> {last.Memory / 1e6:0} MB, ")
                + $"{first.Descriptors} -> {last.Descriptors} open files, {first.Threads} -> {last.Threads} threads";
        }
    }

    private static IEnumerable<IGrouping<string, MeasuredRecovery>> ByFault(ChaosReport report) =>
        report.Recoveries.Where(one => one.Alone).GroupBy(one => one.Fault).OrderByDescending(group => group.Count());

    private static string Percentiles(IEnumerable<MeasuredRecovery> group, Func<MeasuredRecovery, double> of) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {Percentile(group, 0.5, of):0.00} s, p99 {Percentile(group, 0.99, of):0.00} s");

    /// <summary>The nearest rank's.</summary>
    private static double Percentile(IEnumerable<MeasuredRecovery> group, double fraction, Func<MeasuredRecovery, double> of)
    {
        var ordered = group.Select(of).Order().ToList();
        return ordered[Math.Max(0, (int)Math.Ceiling(fraction * ordered.Count) - 1)];
    }

    private static string Row(string name, string text) => $"  {name,-11} {text}";
}
