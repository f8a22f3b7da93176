using System.Globalization;
using System.Text.RegularExpressions;

namespace Inception.Distributed.Checkpoints;

/// <summary>Names in a checkpoint root: <c>step-00000120</c> is a checkpoint; with a suffix it is on its way in or out.</summary>
internal static partial class CheckpointNames
{
    public const string Manifest = "manifest.json";
    public const string State = "state.json";

    /// <summary>Being written. Interrupted: worthless.</summary>
    public const string Saving = ".saving";

    /// <summary>About to be replaced by a new one of the same step. Interrupted: still needed when the new one is not there.</summary>
    public const string Replaced = ".replaced";

    /// <summary>Being removed. Interrupted: worthless.</summary>
    public const string Pruned = ".pruned";

    public static string OfStep(long step) => string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}");

    public static bool TryParse(string name, out long step, out string suffix)
    {
        var match = Pattern().Match(name);
        suffix = match.Groups[2].Value;
        return long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out step);
    }

    [GeneratedRegex(@"^step-([0-9]{8,18})(|\.saving|\.replaced|\.pruned)$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
