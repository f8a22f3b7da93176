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
    public static string OfResult(JobSpec spec) => Hash(Values(spec).Where(value => value.Field.ChangesResult
        && !(value.Field.Attribute.IsLater && value.Text == JobField.Text(value.Field.Default))));

    /// <summary>Of all fields. Lower-case hex.</summary>
    public static string OfWhole(JobSpec spec) => Hash(Values(spec));

    /// <summary>The fields that make <see cref="OfResult"/> of the two differ, in the order of the job file.</summary>
    public static IReadOnlyList<JobDifference> Differences(JobSpec left, JobSpec right)
    {
        var (ours, theirs) = (ResultOf(left), ResultOf(right));
        return
        [
            .. ours.Concat(theirs).Select(value => value.Path).Distinct()
                .Select(path => new JobDifference(path, TextOf(ours, path), TextOf(theirs, path)))
                .Where(difference => difference.Left != difference.Right),
        ];

        static List<FieldValue> ResultOf(JobSpec spec) => [.. Values(spec).Where(value => value.Field.ChangesResult)];
        // Only fields of one of several sources are not in every job.
        static string TextOf(List<FieldValue> values, string path) => values.Find(value => value.Path == path)?.Text ?? "(none)";
    }

    private static string Hash(IEnumerable<FieldValue> values)
    {
        var lines = values.OrderBy(value => value.Path, StringComparer.Ordinal).Select(value => $"{value.Path}={value.Text}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    private static IEnumerable<FieldValue> Values(JobSpec spec) => Values(JobField.Root, "", spec);

    // One for each field that holds a value, "null" below a section that is null.
    private static IEnumerable<FieldValue> Values(JobField section, string path, object? value) =>
        section.Fields.SelectMany(field =>
        {
            var fieldPath = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            var fieldValue = value is null ? null : field.Get(value);
            if (fieldValue is TrainingSources sources) return sources.SelectMany((source, i) => Values(field, sources.PathOf(fieldPath, i), source));
            return field.IsSection ? Values(field, fieldPath, fieldValue) : [new FieldValue(fieldPath, field, JobField.Text(fieldValue))];
        });

    private sealed record FieldValue(string Path, JobField Field, string Text);
}
