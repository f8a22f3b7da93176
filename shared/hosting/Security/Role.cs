namespace Inception.Distributed.Hosting;

/// <summary>What the holder of a certificate may be. In the certificate as a URI among the subject's alternative names, e.g. <c>urn:inception:role:worker</c>.</summary>
public enum Role { Coordinator, Worker, Operator }

public static class Roles
{
    private const string UriPrefix = "urn:inception:role:";

    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<Role>().Select(Name)];

    public static string Name(this Role role) => role.ToString().ToLowerInvariant();

    public static Uri Uri(this Role role) => new(UriPrefix + role.Name());

    /// <summary>Null: it is no role.</summary>
    public static Role? Parse(string name) => Names.Contains(name) ? Enum.Parse<Role>(name, ignoreCase: true) : null;

    /// <summary>Null: it names no role.</summary>
    public static Role? OfUri(string uri) => uri.StartsWith(UriPrefix, StringComparison.Ordinal) ? Parse(uri[UriPrefix.Length..]) : null;
}
