using System.Security.Cryptography;
using System.Text;

namespace Inception.Distributed.Jobs;

/// <summary>A field in which two jobs differ; values as job files spell them.</summary>
/// <param name="Field">Dotted, e.g. <c>optimizer.learningRate</c>.</param>
public sealed record JobDifference(string Field, string Left, string Right);

/// <summary>
/// Identities of a job. Checkpoints carry both; a resume is refused only where <see cref="OfResult"/> differs.
/// A hash is the SHA-256 of the lines <c>field=value</c> in UTF-8, sorted by field, each ended by a line feed.
/// </summary>
public static class JobHash
{
    /// <summary>
    /// Of the fields on which the state after a given step depends: jobs alike in it compute the same bits up to any step. Lower-case hex.
    /// </summary>
    public static string OfResult(JobSpec spec) => Hash(Values(spec).Where(pair => pair.Key.ChangesResult
        && !(pair.Key.Attribute.IsLater && pair.Value == JobField.Text(pair.Key.Default))));

    /// <summary>Of all fields. Lower-case hex.</summary>
    public static string OfWhole(JobSpec spec) => Hash(Values(spec));

    /// <summary>The fields that make <see cref="OfResult"/> of the two differ, in the order of the job file.</summary>
    public static IReadOnlyList<JobDifference> Differences(JobSpec left, JobSpec right) =>
    [
        .. Values(left).Zip(Values(right))
            .Where(pair => pair.First.Key.ChangesResult && pair.First.Value != pair.Second.Value)
            .Select(pair => new JobDifference(pair.First.Key.Path, pair.First.Value, pair.Second.Value)),
    ];

    private static string Hash(IEnumerable<KeyValuePair<JobField, string>> values)
    {
        var lines = values.OrderBy(pair => pair.Key.Path, StringComparer.Ordinal).Select(pair => $"{pair.Key.Path}={pair.Value}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    // One pair for each field that holds a value, "null" below a section that is null: the same fields for every job.
    private static IEnumerable<KeyValuePair<JobField, string>> Values(JobSpec spec) => Values(JobField.Root, spec);

    private static IEnumerable<KeyValuePair<JobField, string>> Values(JobField section, object? value) =>
        section.Fields.SelectMany(field =>
        {
            var fieldValue = value is null ? null : field.Get(value);
            return field.IsSection ? Values(field, fieldValue) : [KeyValuePair.Create(field, JobField.Text(fieldValue))];
        });
}
