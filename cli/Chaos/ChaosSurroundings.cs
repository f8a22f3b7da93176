using Inception.Distributed.Cli.Launch;

namespace Inception.Distributed.Cli.Chaos;

/// <summary>What all runs of one invocation share: where their children live, and how one finds again what they leave behind.</summary>
/// <param name="Network">Null: no schedule cuts it, or it can't be had.</param>
/// <param name="Temporary">Directory of the children's temporary files.</param>
/// <param name="Mark">In the environment of every child, and of theirs.</param>
internal sealed record ChaosSurroundings(ChildLauncher Launcher, VirtualNetwork? Network, DiskControl Disk, ProcessWatch Watch, string Temporary, string Mark)
{
    public const string MarkVariable = "INCEPTION_CHAOS";

    /// <param name="host">Null: this one.</param>
    public ChildSurroundings Of(VirtualHost? host) => new(host?.Prefix ?? [], new Dictionary<string, string>(Disk.Environment)
    {
        ["TMPDIR"] = Temporary,
        [MarkVariable] = Mark,
    });
}
