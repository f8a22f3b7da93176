using Inception.Distributed.Text;
using YamlDotNet.Core;

namespace Inception.Distributed.Jobs;

/// <summary>Job files: YAML 1.2, one document. docs/job-file.md lists the fields.</summary>
public static class JobFile
{
    /// <param name="path">The job file.</param>
    /// <param name="overrides">
    /// <c>field=value</c> each, e.g. <c>optimizer.learningRate=0.1</c>; the last of several for one field holds.
    /// </param>
    /// <exception cref="UserErrorException">There is no such file, or it has mistakes: all of them.</exception>
    public static JobSpec Load(string path, IReadOnlyList<string> overrides)
    {
        if (Directory.Exists(path)) throw new UserErrorException(path, "is a directory, not a job file");
        if (!File.Exists(path)) throw new UserErrorException(path, NoSuchFile(path));
        try
        {
            return Parse(File.ReadAllText(path), path, overrides);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(path, $"can't be read: {exception.Message}");
        }
    }

    /// <param name="yaml">The file's text.</param>
    /// <param name="fileName">For messages.</param>
    /// <param name="overrides">As for <see cref="Load"/>.</param>
    /// <exception cref="UserErrorException">All mistakes, each with its place: <c>file:line:column</c> or <c>--set field</c>.</exception>
    public static JobSpec Parse(string yaml, string fileName, IReadOnlyList<string>? overrides = null)
    {
        var root = YamlTree.Read(yaml, Where) switch
        {
            YamlMap map => map,
            null or YamlText { IsNull: true } =>
                throw new UserErrorException(fileName, $"is empty; a job file is {JobField.Root.Allowed()}"),
            var other => throw new UserErrorException(other.Where, $"a job file is {JobField.Root.Allowed()}"),
        };
        var problems = new List<Problem>();
        var (spec, binder) = JobBinder.Bind(JobOverrides.Apply(root, overrides ?? [], problems), problems);
        JobRules.Check(spec, binder, problems);
        return problems.Count == 0 ? spec : throw new UserErrorException(problems);

        string Where(Mark mark) => $"{fileName}:{mark.Line}:{mark.Column}";
    }

    /// <summary>The whole job as YAML, defaults included; <see cref="Parse"/> gives an equal one back.</summary>
    public static string Write(JobSpec spec) => JobWriter.Write(spec);

    private static string NoSuchFile(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(directory)) return $"no such file; there is no directory {directory} either";
        var nearby = Directory.GetFiles(directory, "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToList();
        var listed = nearby.Count == 0 ? "no job file (.yaml) is in its directory" : $"in its directory are {string.Join(", ", nearby)}";
        return $"no such file{NearestName.Hint(Path.GetFileName(path), nearby)} ({listed})";
    }
}
