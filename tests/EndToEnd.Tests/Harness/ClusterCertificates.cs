using System.Security.Cryptography.X509Certificates;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>A CA with a certificate for each role, and a join token, in a test's directory; and such as nobody should take.</summary>
public sealed class ClusterCertificates
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly Workspace _workspace;

    /// <param name="host">By which the coordinator is reached.</param>
    public ClusterCertificates(Workspace workspace, string host)
    {
        _workspace = workspace;
        CertificateAuthority.Create(workspace.PathOf("ca"), "the CA", 100 * Day, new Past());
        foreach (var role in Enum.GetValues<Role>())
            CertificateAuthority.Issue(workspace.PathOf("ca"), role, role.Name(), role == Role.Coordinator ? [host] : [], Day, Of(role), TimeProvider.System);
        CertificateAuthority.WriteToken(Token);
    }

    public string Token => _workspace.PathOf("token");

    public string Of(Role role) => _workspace.PathOf("certs-" + role.Name());

    public X509Certificate2 Load(Role role) => Load(Of(role));

    /// <summary>Signed by the CA, and run out.</summary>
    public X509Certificate2 IssueExpired()
    {
        CertificateAuthority.Issue(_workspace.PathOf("ca"), Role.Worker, "late", [], Day, _workspace.PathOf("expired"), new Past());
        return Load(_workspace.PathOf("expired"));
    }

    public X509Certificate2 IssueByAnotherCa()
    {
        CertificateAuthority.Create(_workspace.PathOf("other"), "another CA", 100 * Day, TimeProvider.System);
        CertificateAuthority.Issue(_workspace.PathOf("other"), Role.Worker, "stranger", [], Day, _workspace.PathOf("stranger"), TimeProvider.System);
        return Load(_workspace.PathOf("stranger"));
    }

    private static X509Certificate2 Load(string directory) => X509Certificate2.CreateFromPemFile(Path.Combine(directory, "tls.crt"), Path.Combine(directory, "tls.key"));

    private sealed class Past : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - 10 * Day;
    }
}
