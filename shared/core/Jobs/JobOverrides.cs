namespace Inception.Distributed.Jobs;

/// <summary>Replaces fields of a job file by <c>field=value</c> arguments before it is read; the values are YAML.</summary>
internal static class JobOverrides
{
    public static YamlMap Apply(YamlMap root, IReadOnlyList<string> overrides, List<Problem> problems)
    {
        foreach (var given in overrides)
        {
            if (Parse(given, problems) is not { } parsed) continue;
            if (ListOn(root, parsed.Path) is { } list)
                problems.Add(new Problem(parsed.Value.Where, $"{list} is a list in the file; replace it as a whole, e.g. --set '{list}=[{{…}}, {{…}}]'"));
            else
                root = Set(root, parsed.Path, parsed.Value);
        }
        return root;
    }

    private static (ReadOnlyMemory<string> Path, YamlValue Value)? Parse(string given, List<Problem> problems)
    {
        var equals = given.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            problems.Add(new Problem($"--set {given}", "write it as field=value, e.g. optimizer.learningRate=0.1"));
            return null;
        }
        var where = $"--set {given[..equals]}";
        var path = given[..equals].Split('.');
        if (Unknown(path) is { } message)
        {
            problems.Add(new Problem(where, message));
            return null;
        }
        try
        {
            return (path, YamlTree.Read(given[(equals + 1)..], _ => where) ?? new YamlText(where, "", IsPlain: true));
        }
        catch (UserErrorException exception)
        {
            problems.AddRange(exception.Problems);
            return null;
        }
    }

    /// <summary>The list that stands where the path asks for a section, if one does.</summary>
    private static string? ListOn(YamlMap root, ReadOnlyMemory<string> path)
    {
        for (var (map, depth) = (root, 0); depth < path.Length - 1; depth++)
        {
            switch (map.Find(path.Span[depth]))
            {
                case YamlList: return string.Join('.', path[..(depth + 1)].ToArray());
                case YamlMap section: map = section; break;
                default: return null;
            }
        }

        return null;
    }

    private static string? Unknown(string[] path)
    {
        var section = JobField.Root;
        foreach (var name in path)
        {
            if (!section.IsSection) return $"{section.Path} has no fields; it must be {section.Allowed()}";
            if (section.Find(name) is not { } field) return JobBinder.UnknownField(section, name);
            section = field;
        }
        return null;
    }

    private static YamlMap Set(YamlMap map, ReadOnlyMemory<string> path, YamlValue value)
    {
        var name = path.Span[0];
        if (path.Length == 1) return map.With(name, value);
        return map.Find(name) switch
        {
            YamlMap section => map.With(name, Set(section, path[1..], value)),
            null or YamlText { IsNull: true } => map.With(name, Set(new YamlMap(value.Where, []), path[1..], value)),
            _ => map,   // no section, though it should be: the reader reports that
        };
    }
}
