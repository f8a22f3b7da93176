using System.Globalization;
using System.Text;
using Inception.Distributed.Jobs;
using YamlDotNet.Core;

namespace Inception.Distributed.Faults;

/// <summary>Schedules as YAML files: read with all mistakes at once, each with line and column, and written so that they read back equal.</summary>
public static class FaultScheduleFile
{
    /// <exception cref="UserErrorException">There is no such file, or it has mistakes: all of them.</exception>
    public static FaultSchedule Load(string path)
    {
        if (!File.Exists(path)) throw new UserErrorException(path, Directory.Exists(path) ? "is a directory, not a schedule of faults" : "no such file");
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(path, $"can't be read: {exception.Message}");
        }
    }

    /// <param name="yaml">The file's text.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="UserErrorException">All mistakes.</exception>
    public static FaultSchedule Parse(string yaml, string fileName)
    {
        const string form = "a schedule is a section with the field faults, a list of faults such as {at: 2.5, kill: rank 0}";
        if (YamlTree.Read(yaml, Where) is not YamlMap root) throw new UserErrorException(fileName, form);
        var problems = new List<Problem>();
        foreach (var entry in root.Entries.Where(entry => entry.Key != "faults"))
            problems.Add(new Problem(entry.Where, $"unknown field '{entry.Key}'; {form}"));
        var faults = new List<ScheduledFault>();
        if (root.Find("faults") is not YamlList { Items.Count: > 0 } list) problems.Add(new Problem(root.Find("faults")?.Where ?? root.Where, form));
        else faults.AddRange(FaultBinder.Bind(list, problems));
        return problems.Count == 0 ? new FaultSchedule(faults, fileName) : throw new UserErrorException(problems);

        string Where(Mark mark) => $"{fileName}:{mark.Line}:{mark.Column}";
    }

    public static string Write(FaultSchedule schedule)
    {
        var text = new StringBuilder($"# {schedule.Origin}\nfaults:\n");
        foreach (var fault in schedule.Faults)
            text.Append(CultureInfo.InvariantCulture, $"- {{{When(fault)}, {string.Join(", ", Fields(fault.Fault))}}}\n");
        if (schedule.Faults.Count == 0) text.Replace("faults:\n", "faults: []\n");
        return text.ToString();
    }

    private static string When(ScheduledFault fault) => fault.At is { } at ? $"at: {Text(at)}" : FormattableString.Invariant($"step: {fault.Step}");

    private static string[] Fields(Fault fault) => fault switch
    {
        KillWorker kill => [$"kill: rank {kill.Rank}"],
        KillAllWorkers => ["kill: all workers"],
        KillCoordinator kill => ["kill: coordinator", $"away: {Text(kill.Away)}"],
        StopWorker stop => [$"stop: rank {stop.Rank}", $"for: {Text(stop.For)}"],
        TerminateWorker terminate => [$"terminate: rank {terminate.Rank}"],
        DrainWorker drain => [$"drain: rank {drain.Rank}"],
        CutWorker cut => [$"cut: rank {cut.Rank}", .. cut.Way == CutWay.Both ? Array.Empty<string>() : [$"way: {EnumNames.Of(cut.Way)}"], $"for: {Text(cut.For)}"],
        DiskFault disk =>
        [
            $"disk: {EnumNames.Of(disk.Trouble)}", .. disk.Trouble == DiskTrouble.Slow ? [$"delay: {Text(disk.Delay)}"] : Array.Empty<string>(),
            .. disk.WholeRun ? ["under: run"] : Array.Empty<string>(), $"for: {Text(disk.For)}",
        ],
        JoinWorkers join => [$"join: {join.Count}"],
        _ => throw new InvalidOperationException($"no way to write {fault.GetType().Name}"),
    };

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
