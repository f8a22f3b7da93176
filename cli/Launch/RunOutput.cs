namespace Inception.Distributed.Cli.Launch;

/// <summary>The directory that a run writes to.</summary>
/// <param name="IsNew">It was made for this run by <see cref="Choose"/>.</param>
internal sealed record RunOutput(string Directory, bool IsNew)
{
    /// <param name="asked">By the user; null: the default.</param>
    /// <exception cref="UserErrorException">There is nothing to resume.</exception>
    public static RunOutput Choose(string? asked, bool resume, string jobName) => (asked, resume) switch
    {
        ({ } directory, _) => new RunOutput(directory, IsNew: false),
        (null, true) => new RunOutput(RunDirectory.Newest(jobName), IsNew: false),
        (null, false) => new RunOutput(RunDirectory.CreateNew(jobName), IsNew: true),
    };

    /// <summary>A mistake is no run: the next try gets the directory's name.</summary>
    public void DiscardIfNew()
    {
        if (IsNew) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
