using System.Globalization;
using System.Text.RegularExpressions;

namespace Inception.Distributed.Checkpoints;

/// <summary>
/// Names in a checkpoint root: <c>step-00000120</c> is a checkpoint; with a suffix it is on its way in or out, or set aside. Beside it,
/// <c>step-00000120.pinned</c> is the file that pins it.
/// </summary>
internal static partial class CheckpointNames
{
    public const string Manifest = "manifest.json";
    public const string State = "state.json";

    /// <summary>Being written; followed by a word of the writer's own. Interrupted: worthless.</summary>
    public const string Saving = ".saving";

    /// <summary>About to be replaced by a new one of the same step. Interrupted: still needed when the new one is not there.</summary>
    public const string Replaced = ".replaced";

    /// <summary>Being removed. Interrupted: worthless.</summary>
    public const string Pruned = ".pruned";

    /// <summary>Set aside; followed by what is wrong with it, and a number where there is more than one of them.</summary>
    public const string Damaged = ".damaged";

    /// <summary>Of the file that pins a checkpoint.</summary>
    public const string Pinned = ".pinned";

    public static string OfStep(long step) => string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}");

    /// <param name="suffix">One of the above, or empty.</param>
    public static bool TryParse(string name, out long step, out string suffix)
    {
        var match = Pattern().Match(name);
        suffix = match.Groups["suffix"].Value;
        return long.TryParse(match.Groups["step"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out step);
    }

    [GeneratedRegex(@"^step-(?<step>[0-9]{8,18})(?<suffix>|\.replaced|\.pruned|\.pinned|\.saving(?=-|$)|\.damaged(?=-))(-[0-9a-z-]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
