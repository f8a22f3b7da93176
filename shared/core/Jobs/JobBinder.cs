using System.Globalization;
using Inception.Distributed.Text;

namespace Inception.Distributed.Jobs;

/// <summary>Turns a YAML tree into a <see cref="JobSpec"/>, collecting every mistake on the way.</summary>
internal sealed class JobBinder
{
    private readonly Dictionary<string, string> _places = [];
    private readonly HashSet<string> _faulty = [];
    private readonly List<Problem> _problems;

    private JobBinder(List<Problem> problems) => _problems = problems;

    /// <summary>The job, of which only fields that are not faulty mean anything when problems were added.</summary>
    public static (JobSpec Spec, JobBinder Binder) Bind(YamlMap root, List<Problem> problems)
    {
        var binder = new JobBinder(problems);
        return ((JobSpec)binder.BindSection(JobField.Root, "", root), binder);
    }

    /// <summary>Did the field, or the section that holds it, have a mistake of its own?</summary>
    public bool IsFaulty(string path) => Enclosing(path).Any(_faulty.Contains);

    /// <summary>Where the field is given, or else the nearest section around it.</summary>
    public string WhereIs(string path) => _places[Enclosing(path).First(_places.ContainsKey)];

    /// <param name="path">The section's own, or one's of several.</param>
    private object BindSection(JobField section, string path, YamlMap map)
    {
        _places[path] = map.Where;
        var result = Activator.CreateInstance(section.Type)!;
        var seen = new Dictionary<string, string>();
        foreach (var entry in map.Entries)
        {
            if (section.Find(entry.Key) is not { } field)
                _problems.Add(new Problem(entry.Where, UnknownField(section, entry.Key)));
            else if (!seen.TryAdd(entry.Key, entry.Where))
                _problems.Add(new Problem(entry.Where, $"{Join(path, field)} is given twice; first at {seen[entry.Key]}"));
            else
                BindField(result, field, Join(path, field), entry.Value);
        }
        foreach (var field in section.Fields.Where(field => field.IsRequired && !seen.ContainsKey(field.Name)))
            Fault(Join(path, field), map.Where, $"{Join(path, field)} is missing; it must be {field.Allowed()}");
        return result;
    }

    private void BindField(object section, JobField field, string path, YamlValue value)
    {
        _places[path] = value.Where;
        switch (value)
        {
            case YamlText { IsNull: true } when field.IsNullable:
                field.Set(section, null);
                break;
            case YamlText { IsNull: true }:
                Fault(path, value.Where, $"{path} has no value; it must be {field.Allowed()}");
                break;
            case YamlMap map when field.TakesSeveral:
                field.Set(section, TrainingSources.Create([(SourceSpec)BindSection(field, path, map)]));
                break;
            case YamlMap map when field.IsSection:
                field.Set(section, BindSection(field, path, map));
                break;
            case YamlList { Items.Count: > 0 } list when field.TakesSeveral:
                BindSources(section, field, path, list);
                break;
            case YamlList list when field.IsList:
                BindList(section, field, path, list);
                break;
            case YamlText text when !field.IsSection && !field.IsList:
                if (Read(field, text) is { } read) field.Set(section, read);
                else Fault(path, value.Where, $"{path} must be {field.Allowed()}, not {Given(field, text)}");
                break;
            default:
                var given = value is YamlText scalar ? $"'{scalar.Text}'" : value is YamlMap ? "a section" : value is YamlList { Items.Count: 0 } ? "an empty list" : "a list";
                Fault(path, value.Where, $"{path} must be {field.Allowed()}, not {given}");
                break;
        }
    }

    private void BindSources(object section, JobField field, string path, YamlList list)
    {
        var sources = new List<SourceSpec>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            var itsPath = list.Items.Count == 1 ? path : $"{path}[{i}]";
            if (list.Items[i] is YamlMap map) sources.Add((SourceSpec)BindSection(field, itsPath, map));
            else Fault(path, list.Items[i].Where, $"{itsPath} must be a section with the fields {string.Join(", ", field.Fields.Select(child => child.Name))}");
        }

        field.Set(section, TrainingSources.Create(sources.ToArray()));
    }

    private void BindList(object section, JobField field, string path, YamlList list)
    {
        var numbers = new List<double>();
        foreach (var item in list.Items)
        {
            if (item is YamlText { IsPlain: true } text && ReadNumber(field, text.Text) is { } number)
                numbers.Add(number);
            else
                Fault(path, item.Where, $"{path} must be {field.Allowed()}; {(item is YamlText scalar ? $"'{scalar.Text}'" : "a section or list")} is none");
        }
        field.Set(section, NumberList.Create(numbers.ToArray()));
    }

    /// <summary>The value, or null when the text is none that the field takes.</summary>
    private static object? Read(JobField field, YamlText text)
    {
        if (field.Type.IsEnum) return EnumNames.Find(field.Type, text.Text);
        if (field.Type == typeof(string)) return field.Choices?.Contains(text.Text) == false ? null : text.Text;
        if (!text.IsPlain) return null;
        if (field.Type == typeof(bool)) return ReadBoolean(text.Text);
        if (field.IsWhole)
        {
            var isWhole = long.TryParse(text.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole);
            return isWhole && field.Allows(whole) ? Convert.ChangeType(whole, field.Type, CultureInfo.InvariantCulture) : null;
        }
        return ReadNumber(field, text.Text);
    }

    private static double? ReadNumber(JobField field, string text)
    {
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        return isNumber && double.IsFinite(number) && field.Allows(number) ? number : null;
    }

    // YAML 1.2 core schema: "yes" and "on" are texts.
    private static bool? ReadBoolean(string text) => text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    private static string Given(JobField field, YamlText text)
    {
        if (field.Choices is { } names) return $"'{text.Text}'{NearestName.Hint(text.Text, names)}";
        return text.IsPlain ? text.Text : $"the text \"{text.Text}\" (leave out the quotes)";
    }

    /// <summary>What to say of a name that the section doesn't have.</summary>
    public static string UnknownField(JobField section, string name)
    {
        var names = section.Fields.Select(field => field.Name).ToList();
        var place = section.Path.Length == 0 ? "" : $" in {section.Path}";
        return $"unknown field '{name}'{place}{NearestName.Hint(name, names)}{Elsewhere(name, names)} (fields: {string.Join(", ", names)})";
    }

    // "learningRate" outside of its section: say where it belongs.
    private static string Elsewhere(string name, List<string> here) =>
        NearestName.Find(name, here) is null && JobField.Root.Leaves().FirstOrDefault(leaf => leaf.Name == name) is { } leaf
            ? $"; did you mean '{leaf.Path}'?" : "";

    private void Fault(string path, string where, string message)
    {
        _faulty.Add(path);
        _problems.Add(new Problem(where, message));
    }

    private static string Join(string path, JobField field) => path.Length == 0 ? field.Name : $"{path}.{field.Name}";

    // "a.b[1].c", "a.b[1]", "a.b", "a", and the root's "".
    private static IEnumerable<string> Enclosing(string path)
    {
        for (; path.Length > 0; path = path[..Math.Max(path.LastIndexOfAny(['.', '[']), 0)]) yield return path;
        yield return "";
    }
}
