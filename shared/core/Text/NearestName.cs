namespace Inception.Distributed.Text;

/// <summary>Finds what the user probably meant.</summary>
public static class NearestName
{
    /// <summary>
    /// The candidate with the fewest edits (insertion, deletion, substitution, swap of neighbours; case, '-' and '_' don't count) from
    /// <paramref name="given"/>, or null when none is within a third of the given length. Among equals the first one wins.
    /// </summary>
    public static string? Find(string given, IEnumerable<string> candidates)
    {
        var wanted = Normalize(given);
        var limit = Math.Max(1, wanted.Length / 3);
        string? best = null;
        var bestDistance = limit + 1;
        foreach (var candidate in candidates)
        {
            var distance = Distance(wanted, Normalize(candidate));
            if (distance >= bestDistance) continue;
            best = candidate;
            bestDistance = distance;
        }
        return best;
    }

    /// <summary>"; did you mean 'x'?" for the nearest candidate, or nothing.</summary>
    public static string Hint(string given, IEnumerable<string> candidates) =>
        Find(given, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    private static string Normalize(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    // Optimal string alignment, the restricted Damerau-Levenshtein distance, with three rows of the table.
    private static int Distance(string a, string b)
    {
        int[] beforePrevious = [], previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
            }
            (beforePrevious, previous) = (previous, current);
        }
        return previous[b.Length];
    }
}
