namespace Inception.Distributed.Coordinator.Machine;

/// <summary>Words for what ranks have and have not in common.</summary>
internal static class Ranks
{
    /// <summary>Null when all values are equal, otherwise "… on rank 0, … on ranks 1 and 2".</summary>
    public static string? Disagree<T>(IEnumerable<KeyValuePair<int, T>> byRank, Func<T, object> value)
    {
        var groups = byRank.GroupBy(entry => value(entry.Value), entry => entry.Key).ToList();
        return groups.Count <= 1 ? null : string.Join(", ", groups.Select(group => $"{group.Key} on {List([.. group])}"));
    }

    private static string List(int[] ranks) => ranks.Length == 1
        ? $"rank {ranks[0]}"
        : $"ranks {string.Join(", ", ranks[..^1])} and {ranks[^1]}";
}
