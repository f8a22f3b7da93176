using System.Reflection;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>An empty directory of a test's own, in which it runs the program; removed at its end.</summary>
public sealed class Workspace : IDisposable
{
    public Workspace() => Directory = System.IO.Directory.CreateTempSubdirectory("inception-test-").FullName;

    /// <summary>The checkout that the tests were built from.</summary>
    public static string Repository { get; } = typeof(Workspace).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "RepositoryRoot").Value!;

    public static string TinyJob => Path.Combine(Repository, "jobs", "tiny.yaml");

    public string Directory { get; }

    public string PathOf(string name) => Path.Combine(Directory, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return name;
    }

    public InceptionProcess Start(params string[] arguments) => InceptionProcess.Start(Directory, arguments);

    /// <summary>Runs the program to its end.</summary>
    public Task<Outcome> RunAsync(params string[] arguments) => Start(arguments).WaitAsync();

    public Task WaitForFileAsync(string name) => Waiting.UntilAsync(() => File.Exists(PathOf(name)), $"{name} exists");

    public RunFiles Run(string directory) => new(PathOf(directory));

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
