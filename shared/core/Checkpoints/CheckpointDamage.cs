namespace Inception.Distributed.Checkpoints;

/// <summary>
/// What is wrong with a checkpoint. Unreadable: the file system gave errors, so its content is not known; version: of another version of
/// the format. The others are in the content, and stay: manifest (missing or not understood), missing (a file), size, hash (of a file),
/// state (not understood, or of another step).
/// </summary>
public enum CheckpointDamage { None, Unreadable, Version, Manifest, Missing, Size, Hash, State }
