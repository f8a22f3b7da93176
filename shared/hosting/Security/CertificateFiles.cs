namespace Inception.Distributed.Hosting;

/// <summary>Where a process finds its certificate, in PEM: the names are those of a Kubernetes secret of type kubernetes.io/tls with a CA, as cert-manager makes it.</summary>
/// <param name="Option">That named them, for messages.</param>
/// <param name="Certificate">The leaf first.</param>
/// <param name="Key">PKCS#8 or SEC1, not encrypted.</param>
/// <param name="Authority">The certificates of the CAs that peers are trusted for; several while one takes another's place.</param>
public sealed record CertificateFiles(string Option, string Certificate, string Key, string Authority)
{
    public const string CertificateName = "tls.crt", KeyName = "tls.key", AuthorityName = "ca.crt", AuthorityKeyName = "ca.key";

    public static CertificateFiles In(string directory) => new(
        "--certs", Path.Combine(directory, CertificateName), Path.Combine(directory, KeyName), Path.Combine(directory, AuthorityName));
}
