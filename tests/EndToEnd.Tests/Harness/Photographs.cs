using System.Diagnostics;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>Images as <c>bench/make-photos.py</c> lays them out, in the workspace's directory <c>photos</c>.</summary>
internal static class Photographs
{
    public static async Task MakeAsync(Workspace workspace, int images, int classes)
    {
        using var script = Process.Start(new ProcessStartInfo("/usr/bin/python3",
        [
            Path.Combine(Workspace.Repository, "bench", "make-photos.py"), workspace.PathOf("photos"),
            "--images", $"{images}", "--validation", $"{images / 4}", "--classes", $"{classes}",
        ])
        { RedirectStandardError = true })!;
        var errors = await script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        script.ExitCode.ShouldBe(0, errors);
    }
}
