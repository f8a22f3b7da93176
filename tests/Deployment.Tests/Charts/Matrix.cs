namespace Inception.Distributed.Deployment.Tests.Charts;

/// <summary>Ways in which the chart is installed.</summary>
internal static class Matrix
{
    private static readonly string[] Tiny = ["--values", JobValues("tiny.yaml"), "--set", "data.mountPath=/usr/share/datasets,data.volume.hostPath.path=/usr/share/datasets"];

    public static IReadOnlyDictionary<string, string[]> Values { get; } = new Dictionary<string, string[]>
    {
        ["default"] = [],
        ["tiny job from a folder of the node"] = Tiny,
        ["StatefulSet"] = ["--set", "workers.kind=StatefulSet,workers.replicas=3"],
        ["two nodes of 8 GPUs"] =
        [
            "--values", JobValues("imagenet/inception-v3.yaml"), "--set", "data.existingClaim=imagenet,data.subPath=ilsvrc,data.mountPath=/data",
            "--set", "workers.device=gpu,workers.perPod=8,workers.sharedMemory=64Gi,workers.runtimeClassName=nvidia,workers.priorityClassName=preemptible",
            "--set", "workers.nodeSelector.pool=gpu,workers.tolerations[0].key=nvidia.com/gpu,workers.tolerations[0].operator=Exists",
        ],
        ["InfiniBand on the nodes' network"] =
        [
            "--set", "workers.device=gpu,workers.perPod=8,workers.hostNetwork=true,workers.resources.limits.rdma/hca=1",
            "--set", "workers.extraEnv[0].name=NCCL_IB_HCA,workers.extraEnv[0].value=mlx5",
        ],
        ["no NetworkPolicy, no budget, no account"] = ["--set", "networkPolicy.enabled=false,podDisruptionBudget.enabled=false,serviceAccount.create=false"],
        ["operators elsewhere"] = ["--set", "networkPolicy.operators[0].namespaceSelector.matchLabels.team=vision", "--set", "networkPolicy.extraEgress[0].ports[0].port=443"],
        ["watched by Prometheus and Grafana"] =
        [
            "--set", "monitoring.serviceMonitor.enabled=true,monitoring.serviceMonitor.labels.release=prometheus,monitoring.dashboard.enabled=true,logFormat=json",
            "--set", "workers.perPod=2,monitoring.otlp=http://otel-collector:4318,networkPolicy.monitoring[0].namespaceSelector.matchLabels.team=sre",
            "--set", "networkPolicy.extraEgress[0].ports[0].port=4318",
        ],
        ["plain text"] = ["--set", "tls.mode=insecure"],
        ["certificates of cert-manager"] = ["--set", "tls.mode=certManager,tls.issuerRef.name=private-ca,tls.tokenSecret=join"],
        ["queued by Kueue"] = ["--set", "kueue.queueName=training,kueue.priorityClass=low"],
        ["own claims, images and names"] =
        [
            "--set", "checkpoints.existingClaim=shared,checkpoints.subPath=runs/a,fullnameOverride=trainer,image.prefix=registry.example/team/inception-,image.tag=2.0",
            "--set", "image.pullSecrets[0]=pull,coordinator.waitForWorkers=2,coordinator.extraArgs={--set,workers.timeout=20},workers.ttlSecondsAfterFinished=3600",
            "--set", "commonLabels.team=vision,coordinator.podLabels.a=b,workers.podAnnotations.c=d,coordinator.state.storageClass=fast,checkpoints.storageClass=nfs",
        ],
    };

    /// <summary>A job file as values, made as docs/kubernetes.md says.</summary>
    public static string JobValues(string job)
    {
        var path = Path.Combine(Path.GetTempPath(), $"inception-values-{Environment.ProcessId}-{job.Replace('/', '-')}");
        File.WriteAllLines(path, File.ReadLines(Repository.PathOf("jobs", job)).Select(line => "  " + line).Prepend("job:"));
        return path;
    }
}
