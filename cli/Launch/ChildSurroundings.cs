namespace Inception.Distributed.Cli.Launch;

/// <summary>What a child runs in, where that is not what its launcher runs in.</summary>
/// <param name="Prefix">A command that runs the one that follows in its own process, e.g. <c>ip netns exec NAME</c>.</param>
/// <param name="Environment">Variables set besides those of the launcher.</param>
internal sealed record ChildSurroundings(IReadOnlyList<string> Prefix, IReadOnlyDictionary<string, string> Environment)
{
    public static ChildSurroundings Own { get; } = new([], new Dictionary<string, string>());
}
