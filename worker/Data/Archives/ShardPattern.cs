using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>The shards that a job names by a directory or a pattern.</summary>
internal static partial class ShardPattern
{
    private const int Most = 1_000_000;

    /// <returns>Existing files in ordinal order; at least one.</returns>
    /// <exception cref="UserErrorException">There is none, or a shard that the braces name is missing.</exception>
    public static List<string> Expand(string path, string split, string where)
    {
        if (Directory.Exists(path))
        {
            var directory = Path.Combine(path, split);
            if (!Directory.Exists(directory)) throw new UserErrorException($"{where}.split", $"There is no directory '{directory}'.");
            return Found(Directory.EnumerateFiles(directory, "*.tar"), $"{directory}/*.tar", where);
        }

        if (split.Length > 0) throw new UserErrorException($"{where}.split", $"A split needs a path that is a directory, and '{path}' is none.");
        var spelled = Braces(path).Take(Most + 1).ToList();
        if (spelled.Count > Most) throw new UserErrorException($"{where}.path", $"'{path}' stands for more than {Most} files.");
        if (spelled.TrueForAll(name => name.IndexOfAny(['*', '?']) < 0))
        {
            if (spelled.Find(name => !File.Exists(name)) is { } missing) throw new UserErrorException($"{where}.path", $"There is no file '{missing}'.");
            return Found(spelled, path, where);
        }

        return Found(spelled.SelectMany(Matches), path, where);
    }

    private static List<string> Found(IEnumerable<string> files, string pattern, string where)
    {
        var shards = files.Distinct().Order(StringComparer.Ordinal).ToList();
        return shards.Count > 0 ? shards : throw new UserErrorException($"{where}.path", $"There are no shards '{pattern}'.");
    }

    private static IEnumerable<string> Matches(string pattern)
    {
        var directory = Path.GetDirectoryName(pattern) is { Length: > 0 } given ? given : ".";
        var name = Path.GetFileName(pattern);
        return Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory).Where(file => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false))
            : [];
    }

    /// <summary>{000..012} counts with the width of its first number; {a,b} lists.</summary>
    private static IEnumerable<string> Braces(string pattern)
    {
        if (Brace().Match(pattern) is not { Success: true } brace) return [pattern];
        var (before, inside, after) = (pattern[..brace.Index], brace.Groups[1].Value, pattern[(brace.Index + brace.Length)..]);
        IEnumerable<string> choices = inside.Split(',');
        if (Range().Match(inside) is { Success: true } range
            && int.TryParse(range.Groups[1].Value, CultureInfo.InvariantCulture, out var first) && int.TryParse(range.Groups[2].Value, CultureInfo.InvariantCulture, out var last))
        {
            var digits = $"D{range.Groups[1].Length}";
            choices = Enumerable.Range(first, Math.Clamp(last - first + 1, 0, Most + 1)).Select(number => number.ToString(digits, CultureInfo.InvariantCulture));
        }

        return choices.SelectMany(choice => Braces(before + choice + after));
    }

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Brace();

    [GeneratedRegex(@"^(\d+)\.\.(\d+)$")]
    private static partial Regex Range();
}
