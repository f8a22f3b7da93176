using System.Globalization;
using Inception.Distributed.Jobs;
using Inception.Distributed.Text;

namespace Inception.Distributed.Faults;

/// <summary>Turns the entries of a schedule into faults, collecting every mistake on the way.</summary>
internal sealed class FaultBinder
{
    private const double Longest = 86_400;

    private static readonly string[] Moments = ["at", "step"];

    // What may happen, with the fields that say more of it.
    private static readonly (string Name, string[] Fields, Func<FaultBinder, Fault?> Bind)[] Kinds =
    [
        ("kill", ["away"], binder => binder.Kill()),
        ("stop", ["for"], binder => new StopWorker(binder.Rank("stop"), binder.Seconds("for"))),
        ("cut", ["for", "way"], binder => new CutWorker(binder.Rank("cut"), binder.Name<CutWay>("way", CutWay.Both), binder.Seconds("for"))),
        ("terminate", [], binder => new TerminateWorker(binder.Rank("terminate"))),
        ("drain", [], binder => new DrainWorker(binder.Rank("drain"))),
        ("join", [], binder => new JoinWorkers(binder.Whole("join", 1, 1000))),
        ("disk", ["for", "delay", "under"], binder => binder.Disk()),
    ];

    private readonly YamlMap _map;
    private readonly List<Problem> _problems;

    private FaultBinder(YamlMap map, List<Problem> problems) => (_map, _problems) = (map, problems);

    private static string KindNames => string.Join(", ", Kinds.Select(kind => kind.Name));

    /// <summary>The faults, of which only those without a mistake mean anything when problems were added.</summary>
    public static IEnumerable<ScheduledFault> Bind(YamlList list, List<Problem> problems)
    {
        double last = 0;
        foreach (var item in list.Items)
        {
            if (item is not YamlMap map)
            {
                problems.Add(new Problem(item.Where, $"a fault is a section such as {{at: 2.5, kill: rank 0}}; it has at or step, and one of {KindNames}"));
                continue;
            }
            if (new FaultBinder(map, problems).Bind() is not { } fault) continue;
            if (fault.At < last)
                problems.Add(new Problem(map.Find("at")!.Where, FormattableString.Invariant($"comes after a fault at {last}; list them in the order of time")));
            last = fault.At ?? last;
            yield return fault;
        }
    }

    private ScheduledFault? Bind()
    {
        var before = _problems.Count;
        foreach (var twice in _map.Entries.GroupBy(entry => entry.Key).Where(group => group.Count() > 1))
            _problems.Add(new Problem(twice.Last().Where, $"{twice.Key} is given twice; first at {twice.First().Where}"));
        var kinds = Kinds.Where(kind => _map.Find(kind.Name) is not null).ToList();
        if (kinds.Count != 1)
        {
            _problems.Add(new Problem(_map.Where, $"a fault has exactly one of {KindNames}; this one has {(kinds.Count == 0 ? Unknown() : string.Join(" and ", kinds.Select(kind => kind.Name)))}"));
            return null;
        }
        string[] known = [.. Moments, kinds[0].Name, .. kinds[0].Fields];
        foreach (var entry in _map.Entries.Where(entry => !known.Contains(entry.Key)))
            _problems.Add(new Problem(entry.Where, $"unknown field '{entry.Key}' of {kinds[0].Name}{NearestName.Hint(entry.Key, known)} (fields: {string.Join(", ", known)})"));
        if (Moments.Count(moment => _map.Find(moment) is not null) != 1)
            _problems.Add(new Problem(_map.Where, "a fault has either at (seconds from the first step on) or step (applied steps)"));
        var at = _map.Find("at") is null ? (double?)null : Number("at", 0, Longest);
        var step = _map.Find("step") is null ? (long?)null : Whole("step", 1, int.MaxValue);
        var fault = kinds[0].Bind(this);
        return _problems.Count == before ? new ScheduledFault(at, step, fault!) : null;
    }

    private string Unknown() => _map.Entries.Where(entry => !Moments.Contains(entry.Key)).Select(entry => entry.Key).FirstOrDefault() is { } name
        ? $"'{name}'{NearestName.Hint(name, Kinds.Select(kind => kind.Name))}"
        : "none";

    private Fault? Kill()
    {
        var victim = Text("kill");
        if (victim == "coordinator") return new KillCoordinator(_map.Find("away") is null ? 0 : Number("away", 0, Longest));
        if (_map.Find("away") is { } away) _problems.Add(new Problem(away.Where, "away is for kill: coordinator; a worker that is killed does not come back (join brings others)"));
        if (victim == "all workers") return new KillAllWorkers();
        return new KillWorker(Rank("kill", ", coordinator or all workers"));
    }

    private DiskFault Disk()
    {
        var trouble = Name<DiskTrouble>("disk", null);
        var isSlow = trouble == DiskTrouble.Slow;
        if (!isSlow && _map.Find("delay") is { } delay) _problems.Add(new Problem(delay.Where, "delay is for disk: slow"));
        var place = Text("under") ?? "checkpoints";
        if (place is not ("checkpoints" or "run")) Fault("under", $"must be checkpoints or run, not '{place}'");
        return new DiskFault(trouble, Seconds("for"), isSlow ? Number("delay", 0.001, 60) : 0, place == "run");
    }

    private int Rank(string field, string others = "")
    {
        var text = Text(field) ?? "";
        if (text.StartsWith("rank ", StringComparison.Ordinal) && int.TryParse(text[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var rank)) return rank;
        Fault(field, $"must be rank N (from 0 on){others}, not '{text}'");
        return 0;
    }

    private double Seconds(string field) => Number(field, 0.01, Longest);

    private double Number(string field, double low, double high)
    {
        if (_map.Find(field) is YamlText { IsPlain: true } text && double.TryParse(text.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= low && number <= high) return number;
        Fault(field, FormattableString.Invariant($"must be a number of seconds from {low} to {high}"));
        return low;
    }

    private int Whole(string field, int low, int high)
    {
        if (_map.Find(field) is YamlText { IsPlain: true } text && int.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= low && number <= high) return number;
        Fault(field, FormattableString.Invariant($"must be a whole number from {low} to {high}"));
        return low;
    }

    private T Name<T>(string field, T? otherwise) where T : struct, Enum
    {
        if (Text(field) is not { } name && otherwise is { } value) return value;
        name = Text(field) ?? "";
        if (EnumNames.Find(typeof(T), name) is T member) return member;
        var names = EnumNames.Of(typeof(T));
        Fault(field, $"must be one of {string.Join(", ", names)}, not '{name}'{NearestName.Hint(name, names)}");
        return default;
    }

    private string? Text(string field) => (_map.Find(field) as YamlText)?.Text;

    private void Fault(string field, string message)
    {
        var given = _map.Find(field);
        _problems.Add(new Problem(given?.Where ?? _map.Where, given is null ? $"{field} is missing; it {message}" : $"{field} {message}"));
    }
}
