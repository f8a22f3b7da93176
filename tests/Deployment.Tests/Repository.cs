using System.Reflection;

namespace Inception.Distributed.Deployment.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Runs the program <c>inception</c>.</summary>
    public static Task<CommandOutcome> InceptionAsync(params string[] arguments) =>
        Command.RunAsync("dotnet", [PathOf("cli", "bin", Metadata("Configuration"), "net10.0", "inception.dll"), .. arguments]);

    /// <summary>Runs the coordinator's own program, the one in its image.</summary>
    public static Task<CommandOutcome> CoordinatorAsync(params string[] arguments) =>
        Command.RunAsync("dotnet", [PathOf("coordinator", "bin", Metadata("Configuration"), "net10.0", "Inception.Distributed.Coordinator.dll"), .. arguments]);

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
