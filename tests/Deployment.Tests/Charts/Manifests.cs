using k8s;
using k8s.Models;
using YamlDotNet.Serialization;

namespace Inception.Distributed.Deployment.Tests.Charts;

/// <summary>Rendered objects. Those of Kubernetes itself are read by its client, strictly: a field that it does not know is an error.</summary>
internal sealed class Manifests
{
    private readonly List<object> _typed;

    public Manifests(string yaml)
    {
        Documents = [.. yaml.Split("\n---\n", StringSplitOptions.RemoveEmptyEntries).Select(document => document.Trim('-', '\n')).Where(document => document.Contains("kind:", StringComparison.Ordinal))];
        _typed = [.. Documents.Where(IsBuiltIn).SelectMany(document => KubernetesYaml.LoadAllFromString(document, strict: true))];
    }

    public IReadOnlyList<string> Documents { get; }

    public IReadOnlyList<object> Objects => _typed;

    public T Single<T>(string nameEnd = "") where T : IMetadata<V1ObjectMeta> =>
        _typed.OfType<T>().Single(item => item.Metadata.Name.EndsWith(nameEnd, StringComparison.Ordinal));

    public V1PodSpec Coordinator => Single<V1StatefulSet>("-coordinator").Spec.Template.Spec;

    public V1PodSpec Worker =>
        (_typed.OfType<V1Job>().SingleOrDefault()?.Spec.Template ?? Single<V1StatefulSet>("-worker").Spec.Template).Spec;

    public IEnumerable<V1PodSpec> Pods =>
    [
        .. _typed.OfType<V1StatefulSet>().Select(set => set.Spec.Template.Spec), .. _typed.OfType<V1Job>().Select(job => job.Spec.Template.Spec),
        .. _typed.OfType<V1Pod>().Select(pod => pod.Spec),
    ];

    public string Job => Single<V1ConfigMap>("-job").Data["job.yaml"];

    /// <summary>As a JSON array, for validators that read no YAML.</summary>
    public string ToJson()
    {
        var reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        var writer = new SerializerBuilder().JsonCompatible().Build();
        return $"[{string.Join(',', Documents.Select(document => writer.Serialize(reader.Deserialize(new StringReader(document)))))}]";
    }

    private static bool IsBuiltIn(string document) =>
        !document.Contains("apiVersion: monitoring.coreos.com/", StringComparison.Ordinal) && !document.Contains("apiVersion: cert-manager.io/", StringComparison.Ordinal);
}
