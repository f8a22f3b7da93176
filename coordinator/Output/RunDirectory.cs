namespace Inception.Distributed.Coordinator.Output;

/// <summary>Where the files of a run lie.</summary>
internal sealed record RunDirectory(string Root)
{
    public string Job => Path.Combine(Root, "job.yaml");

    public string Log => Path.Combine(Root, "log.jsonl");

    /// <summary>Written where the job asks for it.</summary>
    public string Samples => Path.Combine(Root, "samples.jsonl");

    public string Evaluations => Path.Combine(Root, "evaluations.jsonl");

    public string Result => Path.Combine(Root, "result.json");

    public string Checkpoints => Path.Combine(Root, "checkpoints");

    public string Journal => Path.Combine(Root, "journal.db");

    /// <summary>Says where the coordinator of a run in progress listens.</summary>
    public string Coordinator => Path.Combine(Root, "coordinator.json");

    /// <summary>Locked by the run in progress.</summary>
    public string Lock => Path.Combine(Root, "coordinator.lock");

    public static RunDirectory At(string path) => new(Path.GetFullPath(path));
}
