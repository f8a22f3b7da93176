using System.CommandLine;

namespace Inception.Distributed.Hosting;

/// <summary><c>probe</c>: asks health addresses, for images without a shell and supervisors that run a program.</summary>
public static class ProbeCommand
{
    /// <summary>Where the images' health check looks.</summary>
    public const string DefaultUrl = "http://127.0.0.1:7401/healthz";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>Its action's exit code: 0 all answer that they are well, 1 one does not.</returns>
    public static Command Create()
    {
        var urls = new Argument<string[]>("URL")
        {
            Description = $"Addresses that --health-listen serves, such as {DefaultUrl}, which is the default.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("probe", "Asks coordinators and workers whether they are well, for health checks of containers.") { urls };
        command.SetAction(async (line, cancellationToken) =>
        {
            string[] asked = line.GetValue(urls) is { Length: > 0 } given ? given : [DefaultUrl];
            foreach (var url in asked)
            {
                if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not "http")
                {
                    await Console.Error.WriteLineAsync($"error: URL: '{url}' is no address such as {DefaultUrl}");
                    return 2;
                }
            }
            // A proxy of the environment is for the way out of the cluster.
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
            var answers = await Task.WhenAll(asked.Select(url => AskAsync(client, url, cancellationToken)));
            foreach (var (url, answer) in asked.Zip(answers)) Console.WriteLine($"{url} {answer.Text}");
            return answers.All(answer => answer.IsWell) ? 0 : 1;
        });
        return command;
    }

    private static async Task<(bool IsWell, string Text)> AskAsync(HttpClient client, string url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(url), cancellationToken);
            return (response.IsSuccessStatusCode, $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync(cancellationToken)).Trim()}");
        }
        catch (HttpRequestException error)
        {
            return (false, error.Message);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }
}
