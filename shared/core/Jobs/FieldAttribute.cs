namespace Inception.Distributed.Jobs;

/// <summary>
/// What the job file's reader, its JSON schema, its documentation and the job hashes know of a field, beyond its name, type and default.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal class FieldAttribute(string description) : Attribute
{
    public string Description { get; } = description;

    public string Unit { get; init; } = "";

    /// <summary>Smallest value allowed.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Every value allowed is larger than this.</summary>
    public double Above { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value allowed.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>Every value allowed is smaller than this.</summary>
    public double Below { get; init; } = double.PositiveInfinity;

    /// <summary>
    /// Does the state after a given step depend on the field? Such fields make up <see cref="JobHash.OfResult"/>.
    /// False on a section holds for all its fields.
    /// </summary>
    public bool ChangesResult { get; init; } = true;

    /// <summary>
    /// The field came after the first checkpoints, and its default computes what they computed: <see cref="JobHash.OfResult"/> leaves it out
    /// at its default, so that they can be resumed.
    /// </summary>
    public bool IsLater { get; init; }

    /// <summary>Of a text that is one of a few names: which; null: any text.</summary>
    public virtual IReadOnlyList<string>? Choices => null;
}
