using System.Globalization;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Launch;

/// <summary>One run as the user asked for it, checked.</summary>
internal sealed record TrainOptions
{
    public required string JobFile { get; init; }

    /// <summary><see cref="JobFile"/> with <see cref="Overrides"/>.</summary>
    public required JobSpec Job { get; init; }

    /// <summary><c>field=value</c> each.</summary>
    public required IReadOnlyList<string> Overrides { get; init; }

    /// <summary>What the user should know before the start; a sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    public required int Workers { get; init; }

    public required RunOutput Output { get; init; }

    public required string Listen { get; init; }

    /// <summary>Plain text is allowed off loopback.</summary>
    public required bool Insecure { get; init; }

    public required bool Resume { get; init; }

    public IEnumerable<string> CoordinatorArguments() =>
    [
        "coordinator", JobFile, "--output", Output.Directory, "--listen", Listen, "--workers", Workers.ToString(CultureInfo.InvariantCulture),
        .. Overrides.SelectMany(set => new[] { "--set", set }),
        .. Insecure ? new[] { "--insecure" } : [],
        .. Resume ? new[] { "--resume", "--new-workers" } : [], // Those of an earlier launcher died with it.
    ];

    /// <param name="insecure">Plain text is allowed off loopback.</param>
    public static IEnumerable<string> WorkerArguments(Uri coordinator, bool insecure) =>
        ["worker", "--coordinator", coordinator.ToString(), "--device", "cpu", .. insecure ? new[] { "--insecure" } : []];
}
