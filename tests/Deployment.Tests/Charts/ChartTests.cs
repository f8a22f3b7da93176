using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Inception.Distributed.Deployment.Tests.Charts;

public sealed partial class ChartTests
{
    private static bool Updates => Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";

    public static TheoryData<string> Ways => [.. Matrix.Values.Keys];

    [Fact]
    public async Task Lint_IsClean()
    {
        var outcome = await Helm.LintAsync();
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        outcome.Output.ShouldNotContain("WARNING");
    }

    /// <summary>Strictly by Kubernetes' own client (unknown fields), and by its schemas (missing ones, kinds of values).</summary>
    [Theory, MemberData(nameof(Ways))]
    public async Task Rendering_IsValid(string way)
    {
        var manifests = await Helm.RenderAsync(Matrix.Values[way]);

        manifests.Objects.ShouldNotBeEmpty();
        var validation = await Command.RunAsync("node", [Repository.PathOf("tests", "Deployment.Tests", "Charts", "validate.mjs"), Repository.PathOf(".setup", "tools", "node_modules")], manifests.ToJson());
        validation.ExitCode.ShouldBe(0, validation.ToString());
    }

    /// <summary>The validators find what they are there for.</summary>
    [Fact]
    public async Task Validators_FindMistakes()
    {
        const string pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: b\n";
        Should.Throw<Exception>(() => new Manifests(pod + "      imagee: c\n")).Message.ShouldContain("imagee");
        Helm.SkipUnlessThere();
        var validation = await Command.RunAsync("node", [Repository.PathOf("tests", "Deployment.Tests", "Charts", "validate.mjs"), Repository.PathOf(".setup", "tools", "node_modules")],
            new Manifests(pod.Replace("- name: b", "- image: b")).ToJson());
        validation.ExitCode.ShouldBe(1, validation.ToString());
        validation.Output.ShouldContain("Pod a: data/spec/containers/0 must have required property name");
    }

    /// <summary>UPDATE_DOCS=1 writes it anew.</summary>
    [Fact]
    public async Task DefaultRendering_IsAsReviewed()
    {
        var outcome = await Helm.TemplateAsync();
        var snapshot = Repository.PathOf("tests", "Deployment.Tests", "Charts", "default-rendering.yaml");
        if (Updates) await File.WriteAllTextAsync(snapshot, outcome.Output, TestContext.Current.CancellationToken);
        outcome.Output.ShouldBe(await File.ReadAllTextAsync(snapshot, TestContext.Current.CancellationToken));
    }

    /// <summary>UPDATE_DOCS=1 takes it over.</summary>
    [Fact]
    public async Task ValuesSchema_HoldsTheJobsSchema()
    {
        var path = Path.Combine(Helm.Chart, "values.schema.json");
        var schema = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        var job = JsonNode.Parse((await Repository.InceptionAsync("job", "schema")).Output)!.AsObject();
        job.Remove("$schema"); // It stands at the document's root.
        if (Updates)
        {
            schema["$defs"]!["job"] = job.DeepClone();
            var options = new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            await File.WriteAllTextAsync(path, schema.ToJsonString(options) + "\n", TestContext.Current.CancellationToken);
        }
        JsonNode.DeepEquals(schema["$defs"]!["job"], job).ShouldBeTrue("helm/inception/values.schema.json is out of date; run the tests once with UPDATE_DOCS=1");
    }

    [Theory]
    [InlineData("workers.replicas=0", "at '/workers/replicas': minimum: got 0, want 1")]
    [InlineData("workers.kid=Job", "at '/workers': additional properties 'kid' not allowed")]
    [InlineData("workers.kind=Deployment", "at '/workers/kind': value must be one of 'Job', 'StatefulSet'")]
    [InlineData("workers.sharedMemory=lots", "at '/workers/sharedMemory': 'lots' does not match pattern")]
    [InlineData("data.mountPath=data", "at '/data/mountPath': 'data' does not match pattern")]
    [InlineData("job.name=x", "at '/job': missing properties 'model', 'data', 'batch', 'optimizer', 'schedule'")]
    [InlineData("job.model.name=inception-v9", "at '/job/model/name': value must be one of 'googlenet'")]
    [InlineData("job.model.dropout=2", "at '/job/model/dropout': exclusiveMaximum: got 2, want 1")]
    [InlineData("tls.mode=none", "at '/tls/mode': value must be one of 'secret', 'certManager', 'insecure'")]
    [InlineData("tls.mode=certManager", "tls.mode is certManager; name its issuer in tls.issuerRef.name")]
    [InlineData("data.existingClaim=a,data.volume.emptyDir.medium=Memory", "data: give existingClaim or volume, not both")]
    public async Task WrongValues_AreRefused_AndSayWhatIsAllowed(string value, string message)
    {
        var outcome = await Helm.TemplateAsync("--set", value);
        outcome.ExitCode.ShouldNotBe(0);
        outcome.Errors.ShouldContain(message);
    }

    [Theory]
    [InlineData("job.workers.min=16", "job.workers.min is 16, and workers.replicas × workers.perPod are 2 workers: training would never begin")]
    [InlineData("job.workers.timeout=50", "workers.stuckAfter is 300 s, and a worker may wait 6 × job.workers.timeout = 300 s for one that hangs; give more")]
    [InlineData("job.data.train.path=/elsewhere/images", "job.data.train.path is /elsewhere/images, and the data is mounted at data.mountPath /usr/share/datasets")]
    [InlineData("data.volume=null", "job.data.train.path is /usr/share/datasets/fashion-mnist, and no volume holds it; give data.existingClaim or data.volume")]
    public async Task ValuesThatDoNotFitTheJob_AreRefused(string value, string message)
    {
        var outcome = await Helm.TemplateAsync([.. Matrix.Values["tiny job from a folder of the node"], "--set", value]);
        outcome.ExitCode.ShouldNotBe(0);
        outcome.Errors.ShouldContain(message);
    }

    /// <summary>A training set may be a list of sources, each with a path.</summary>
    [Fact]
    public async Task PathOfEachTrainingSource_IsLookedAt()
    {
        const string sources = """job.data.train=[{"format":"imagefolder","path":"/usr/share/datasets/a"},{"format":"imagefolder","path":"/elsewhere/b"}]""";
        var outcome = await Helm.TemplateAsync([.. Matrix.Values["tiny job from a folder of the node"], "--set-json", sources]);
        outcome.ExitCode.ShouldNotBe(0);
        outcome.Errors.ShouldContain("job.data.train.path is /elsewhere/b, and the data is mounted at");
    }

    /// <summary>What a worker reads from the ConfigMap is the job of the file: numbers pass through Helm unharmed.</summary>
    [Theory]
    [InlineData("tiny.yaml")]
    [InlineData("imagenet/inception-v3.yaml")]
    [InlineData("imagenet/bn-inception.yaml")]
    public async Task Job_PassesThroughHelmUnchanged(string file)
    {
        var manifests = await Helm.RenderAsync("--values", Matrix.JobValues(file), "--set", "data.mountPath=/usr/share/datasets,data.volume.emptyDir.medium=Memory", "--set-string", "job.data.train.path=/usr/share/datasets/a,job.data.validation.path=/usr/share/datasets/b", "--set", "job.seed=12345678901");
        var rendered = Path.Combine(Path.GetTempPath(), $"inception-job-{Environment.ProcessId}-{file.Replace('/', '-')}");
        await File.WriteAllTextAsync(rendered, manifests.Job, TestContext.Current.CancellationToken);

        var paths = new[] { "--set", "data.train.path=/usr/share/datasets/a", "--set", "data.validation.path=/usr/share/datasets/b", "--set", "seed=12345678901" };
        var (through, direct) = (await Repository.InceptionAsync("job", "validate", rendered), await Repository.InceptionAsync(["job", "validate", Repository.PathOf("jobs", file), .. paths]));
        through.ExitCode.ShouldBe(0, through.ToString());
        through.Output.Replace(rendered, "").ShouldBe(direct.Output.Replace(Repository.PathOf("jobs", file), ""));
    }

    [Fact]
    public async Task ExampleJob_IsValid() =>
        (await Repository.InceptionAsync("job", "validate", Path.Combine(Helm.Chart, "files", "example-job.yaml"))).ExitCode.ShouldBe(0);

    /// <summary>Every option that a pod is started with is one that its program knows.</summary>
    [Theory, MemberData(nameof(Ways))]
    public async Task Pods_UseOptionsOfTheProgram(string way)
    {
        var manifests = await Helm.RenderAsync(Matrix.Values[way]);
        Options(manifests.Coordinator).ShouldBeSubsetOf(Known((await Repository.CoordinatorAsync("--help")).Output));
        Options(manifests.Worker).ShouldBeSubsetOf(Known((await Repository.InceptionAsync("worker", "--help")).Output));

        static IEnumerable<string> Options(V1PodSpec pod) => pod.Containers.Single().Args.Where(argument => argument.StartsWith("--", StringComparison.Ordinal));
        static IEnumerable<string> Known(string help) => OptionName().Matches(help).Select(match => match.Value);
    }

    /// <summary>The "restricted" Pod Security Standard, and no token of the API.</summary>
    [Theory, MemberData(nameof(Ways))]
    public async Task Pods_AreRestricted(string way)
    {
        foreach (var pod in (await Helm.RenderAsync(Matrix.Values[way])).Pods)
        {
            pod.AutomountServiceAccountToken.ShouldBe(false);
            pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
            pod.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
            var container = pod.Containers.ShouldHaveSingleItem();
            container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false);
            container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
            container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
            container.Command.ShouldBeNull("a shell may not be there");
            container.Resources.Limits.ShouldContainKey("memory");
        }
    }

    [Fact]
    public async Task Workers_DrainedComeBack_AndAMistakeFailsTheJobAtOnce()
    {
        var job = (await Helm.RenderAsync("--set", "workers.grace=45")).Single<V1Job>();

        job.Spec.Template.Spec.TerminationGracePeriodSeconds.ShouldBe(55);
        var args = job.Spec.Template.Spec.Containers[0].Args;
        args[args.IndexOf("--grace") + 1].ShouldBe("45");
        job.Spec.Template.Spec.RestartPolicy.ShouldBe("Never", "what podFailurePolicy needs");
        job.Spec.PodFailurePolicy.Rules.Select(rule => (rule.Action, rule.OnExitCodes?.Values?.Single())).ShouldBe([("Ignore", null), ("Ignore", 143), ("FailJob", 2)]);
        job.Spec.Completions.ShouldBe(job.Spec.Parallelism);
    }

    [Theory]
    [InlineData("Job", 3, null)]
    [InlineData("StatefulSet", null, "1")]
    public async Task Budget_LetsOneGoAtATime(string kind, int? minAvailable, string? maxUnavailable)
    {
        var budget = (await Helm.RenderAsync("--set", $"workers.kind={kind},workers.replicas=4")).Single<V1PodDisruptionBudget>();
        budget.Spec.MinAvailable?.Value.ShouldBe($"{minAvailable}");
        budget.Spec.MaxUnavailable?.Value.ShouldBe(maxUnavailable);
    }

    [Fact]
    public async Task Gpus_AreAskedForAndGivenAWorkerEach()
    {
        var worker = (await Helm.RenderAsync(Matrix.Values["two nodes of 8 GPUs"])).Worker.Containers[0];
        worker.Resources.Limits["nvidia.com/gpu"].ToString().ShouldBe("8");
        worker.Args[worker.Args.IndexOf("--devices") + 1].ShouldBe("8");
    }

    /// <summary>A probe of one worker is the kubelet's; several are asked by the program, at the ports that its launcher gives them.</summary>
    [Fact]
    public async Task Workers_OfAPodAreAllProbed()
    {
        var worker = (await Helm.RenderAsync("--set", "workers.perPod=3")).Worker.Containers[0];
        worker.LivenessProbe.Exec.Command.ShouldBe(["/app/inception", "probe", "http://127.0.0.1:7401/healthz", "http://127.0.0.1:7402/healthz", "http://127.0.0.1:7403/healthz"]);
        worker.Ports.Select(port => port.ContainerPort).ShouldBe([7401, 7402, 7403]);
        worker.Args[worker.Args.IndexOf("--health-listen") + 1].ShouldBe("0.0.0.0:7401");
        (await Helm.RenderAsync()).Worker.Containers[0].LivenessProbe.HttpGet.Port.Value.ShouldBe("health-0");
    }

    /// <summary>Nothing but the mode's own options, and the key readable by its group alone, as the program demands.</summary>
    [Theory]
    [InlineData("secret", "https", "--certs")]
    [InlineData("insecure", "http", "--insecure")]
    public async Task Connections_AreProtected_UnlessThatIsGivenUp(string mode, string scheme, string option)
    {
        var manifests = await Helm.RenderAsync("--set", $"tls.mode={mode}");
        manifests.Worker.Containers[0].Args.ShouldContain($"{scheme}://demo-inception-coordinator:7400");
        foreach (var pod in manifests.Pods)
        {
            pod.Containers[0].Args.Where(argument => argument is "--certs" or "--insecure").ShouldBe([option]);
            pod.Volumes.Where(volume => volume.Secret is not null).ShouldAllBe(volume => volume.Secret.DefaultMode == Convert.ToInt32("440", 8));
        }
    }

    [Fact]
    public void Dashboard_ShowsMetricsThatAreDocumented()
    {
        var metrics = MetricName().Matches(File.ReadAllText(Path.Combine(Helm.Chart, "files", "dashboard.json"))).Select(match => match.Value).ToHashSet();
        metrics.Count.ShouldBeGreaterThan(15);
        metrics.ShouldBeSubsetOf(MetricName().Matches(File.ReadAllText(Repository.PathOf("docs", "operations.md"))).Select(match => match.Value));
    }

    [Fact]
    public void Values_AreAllDocumented()
    {
        var undocumented = new List<string>();
        var described = false;
        foreach (var line in File.ReadLines(Path.Combine(Helm.Chart, "values.yaml")))
        {
            if (line.TrimStart().StartsWith('#')) described = true;
            else if (line.Trim().Length == 0) described = false;
            else if (!described && !Plain().IsMatch(line)) undocumented.Add(line.Trim());
            else described = described && line.EndsWith(':');
        }
        undocumented.ShouldBeEmpty();
    }

    [GeneratedRegex("(inception|process)_[a-z0-9_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("--[a-z][a-z-]+")]
    private static partial Regex OptionName();

    // Sections, and the fields that every pod of Kubernetes has under the same name.
    [GeneratedRegex(@"^[a-zA-Z]+:$|^ +(resources:|requests:|limits:|nodeSelector|tolerations|affinity|priorityClassName|podAnnotations|podLabels|annotations|labels|grafana_dashboard|interval|storageClass|topologyKey|whenUnsatisfiable|enabled|spread|- )")]
    private static partial Regex Plain();
}
