using System.Security.Cryptography;
using System.Text;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Text;

namespace Inception.Distributed.Worker.Data;

/// <summary>
/// Several datasets as one, their samples numbered through. Classes are the same wherever they are named alike: the first dataset that names its
/// classes numbers them, and those of others take its numbers by name. Datasets without names keep their numbers.
/// </summary>
internal sealed class MixedDataset : IDataset
{
    private readonly IReadOnlyList<IDataset> _datasets;
    private readonly int[]?[] _labels;

    private MixedDataset(IReadOnlyList<IDataset> datasets, int[]?[] labels, int classes, IReadOnlyList<string> classNames, SampleSources sources)
    {
        (_datasets, _labels) = (datasets, labels);
        (Classes, ClassNames, Sources) = (classes, classNames, sources);
        var parts = datasets.Zip(labels, (dataset, numbers) => $"{dataset.Digest} {string.Join(',', numbers ?? [])}");
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    public long Count => Sources.Count;

    public int Classes { get; }

    /// <summary>Of the datasets' digests in their order, and of what became of their classes.</summary>
    public string Digest { get; }

    public IReadOnlyList<string> ClassNames { get; }

    public SampleSources Sources { get; }

    /// <param name="datasets">By source.</param>
    /// <param name="classes">The job's model.classes.</param>
    /// <param name="field">The job's field that asks for them, e.g. <c>data.train</c>.</param>
    /// <exception cref="UserErrorException">Classes don't go together or are more than the job has, or a weight is too small for one sample an epoch.</exception>
    public static MixedDataset Of(IReadOnlyList<IDataset> datasets, TrainingSources sources, int classes, string field)
    {
        var problems = new List<Problem>();
        var naming = datasets.ToList().FindIndex(dataset => dataset.ClassNames.Count > 0);
        if (naming >= 0 && datasets[naming].Classes != classes)
            problems.Add(new Problem($"{Where(naming)}.path", $"It has {datasets[naming].Classes} classes, which number those of the other sources; model.classes is {classes}."));

        var names = naming >= 0 ? datasets[naming].ClassNames : [];
        var numbers = names.Select((name, label) => (name, label)).ToLookup(pair => pair.name, pair => pair.label, StringComparer.Ordinal);
        var labels = datasets.Select((dataset, i) => i == naming ? null : Match(dataset, i)).ToArray();
        var mixed = new SampleSources([.. datasets.Zip(sources, (dataset, source) => new SourceShare(dataset.Count, source.Weight))]);
        for (var i = 0; i < datasets.Count; i++)
        {
            if (mixed.PerEpoch(i) == 0)
                problems.Add(new Problem($"{Where(i)}.weight", $"With it the source gives not one of the {mixed.Count} samples of an epoch; raise it or leave the source out."));
        }

        return problems.Count == 0 ? new MixedDataset(datasets, labels, classes, names, mixed) : throw new UserErrorException(problems);

        string Where(int i) => sources.PathOf(field, i);

        int[]? Match(IDataset dataset, int i)
        {
            if (dataset.ClassNames.Count == 0)
            {
                if (dataset.Classes > classes)
                    problems.Add(new Problem($"{Where(i)}.path", $"Its classes go from 0 to {dataset.Classes - 1}; with model.classes {classes} they go from 0 to {classes - 1}."));
                return null;
            }

            var strange = dataset.ClassNames.Where(name => !numbers.Contains(name)).ToList();
            var twice = dataset.ClassNames.FirstOrDefault(name => numbers[name].Skip(1).Any());
            if (strange.Count > 0)
            {
                problems.Add(new Problem($"{Where(i)}.path", $"Classes of several sources are matched by name, and {strange.Count} of its {dataset.Classes} are not among those of "
                    + $"{Where(naming)}, the first being '{strange[0]}'{NearestName.Hint(strange[0], names)}"));
            }
            else if (twice is not null && !dataset.ClassNames.SequenceEqual(names))
            {
                problems.Add(new Problem($"{Where(i)}.path", $"{Where(naming)} has several classes named '{twice}', so that this source's can't be matched by name."));
            }

            return problems.Count > 0 || dataset.ClassNames.SequenceEqual(names) ? null : [.. dataset.ClassNames.Select(name => numbers[name].Single())];
        }
    }

    public int Label(long sample)
    {
        var (source, number) = Sources.Locate(sample);
        var label = _datasets[source].Label(number);
        return _labels[source] is { } numbers ? numbers[label] : label;
    }

    public string Name(long sample)
    {
        var (source, number) = Sources.Locate(sample);
        return _datasets[source].Name(number);
    }

    public StoredImage Read(long sample, ByteBuffer buffer)
    {
        var (source, number) = Sources.Locate(sample);
        return _datasets[source].Read(number, buffer);
    }

    public StoredImage ReadStart(long sample, int atMost, ByteBuffer buffer, out long length)
    {
        var (source, number) = Sources.Locate(sample);
        return _datasets[source].ReadStart(number, atMost, buffer, out length);
    }
}
