using System.Globalization;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>
/// Images that an evaluation leaves out, as ILSVRC lists the 1,762 of its 50,000 validation images whose labels are doubtful: one number a
/// line, counted from 1 in the order of the set. Empty lines and those that begin with # count for nothing.
/// </summary>
internal static class Blacklist
{
    /// <returns>Positions, from 0, ascending.</returns>
    /// <exception cref="UserErrorException">The file can't be read, or has lines that are no such numbers: the first ten.</exception>
    public static IReadOnlyList<long> Read(string path)
    {
        const int Shown = 10;
        var lines = Lines(path);
        var found = new SortedDictionary<long, int>();
        var problems = new List<Problem>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line.StartsWith('#')) continue;
            var where = Format($"{path}:{i + 1}");
            if (!long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
                problems.Add(new Problem(where, $"'{line}' is no image's number; give one a line, counted from 1"));
            else if (!found.TryAdd(number, i + 1))
                problems.Add(new Problem(where, Format($"image {number} was named in line {found[number]} already")));
        }

        if (problems.Count > 0) throw new UserErrorException(problems[..Math.Min(Shown, problems.Count)]);
        return found.Count > 0 ? [.. found.Keys.Select(number => number - 1)] : throw new UserErrorException(path, "names no image");
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--blacklist", $"{path} can't be read: {exception.Message}");
        }
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
