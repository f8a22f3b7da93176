namespace Inception.Distributed.Tests;

/// <summary>The working tree that the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Inception.Distributed.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException($"no solution above {AppContext.BaseDirectory}");
        return directory.FullName;
    }
}
