using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Inception.Distributed.Hosting;

/// <summary>
/// A private CA in a directory: <c>ca.crt</c>, and <c>ca.key</c>, which belongs on no host that trains. Keys are ECDSA over P-256, whatever it issues is
/// short-lived, and there is no revocation: a certificate that must not be used any more runs out, or the CA is replaced.
/// </summary>
public static class CertificateAuthority
{
    private const string Organization = "Inception.Distributed", ServerAuthentication = "1.3.6.1.5.5.7.3.1", ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int SerialBytes = 16, TokenBytes = 32;

    // For clocks that differ.
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    /// <exception cref="UserErrorException">There is one already, or the directory can't be written.</exception>
    public static void Create(string directory, string name, TimeSpan lifetime, TimeProvider time)
    {
        var (certificatePath, keyPath) = (Path.Combine(directory, CertificateFiles.AuthorityName), Path.Combine(directory, CertificateFiles.AuthorityKeyName));
        if (File.Exists(keyPath) || File.Exists(certificatePath))
            throw new UserErrorException("DIR", $"{directory} holds a CA already; every certificate of it would be worth nothing. Choose another directory, or remove that one");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - Early, now + lifetime);
        Save("DIR", directory, () =>
        {
            PrivateFile.Write(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
            PrivateFile.WritePublic(certificatePath, certificate.ExportCertificatePem() + "\n");
        });
    }

    /// <summary>Writes a certificate with its key, and the CA's certificate beside it. What is there is replaced, and running processes take it up.</summary>
    /// <param name="hosts">Names and addresses by which a coordinator is reached; localhost is always among them.</param>
    /// <exception cref="UserErrorException">There is no CA, or a directory can't be written.</exception>
    public static void Issue(string authority, Role role, string name, IReadOnlyList<string> hosts, TimeSpan lifetime, string directory, TimeProvider time)
    {
        using var issuer = Open(authority);
        var now = time.GetUtcNow();
        if (new DateTimeOffset(issuer.NotAfter) < now + lifetime)
        {
            throw new UserErrorException("--days", FormattableString.Invariant(
                $"the CA in {authority} itself is valid until {issuer.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC only; issue for less, or make a new CA with 'inception certs init'"));
        }
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(role == Role.Coordinator ? ServerAuthentication : ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        request.CertificateExtensions.Add(Names(role, hosts));
        using var certificate = request.Create(issuer, now - Early, now + lifetime, RandomNumberGenerator.GetBytes(SerialBytes));
        var files = CertificateFiles.In(directory);
        Save("--out", directory, () =>
        {
            // The key first: until the certificate that belongs to it is there, whoever reads both keeps what he has.
            PrivateFile.Write(files.Key, key.ExportPkcs8PrivateKeyPem() + "\n");
            PrivateFile.WritePublic(files.Certificate, certificate.ExportCertificatePem() + "\n");
            PrivateFile.WritePublic(files.Authority, issuer.ExportCertificatePem() + "\n");
        });
    }

    /// <summary>Writes a new join token, 256 random bits.</summary>
    public static void WriteToken(string path) => Save("FILE", Path.GetDirectoryName(Path.GetFullPath(path))!,
        () => PrivateFile.Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)) + "\n"));

    private static X509Certificate2 Open(string directory)
    {
        var (certificate, key) = (Path.Combine(directory, CertificateFiles.AuthorityName), Path.Combine(directory, CertificateFiles.AuthorityKeyName));
        if (!File.Exists(certificate) || !File.Exists(key))
            throw new UserErrorException("--ca", $"{directory} holds no CA ({CertificateFiles.AuthorityName} and {CertificateFiles.AuthorityKeyName}); make one with: inception certs init {directory}");
        try
        {
            return X509Certificate2.CreateFromPem(File.ReadAllText(certificate), PrivateFile.Read(key, "--ca"));
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--ca", $"the CA in {directory} can't be used: {error.Message}");
        }
    }

    private static X500DistinguishedName Subject(string name)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(Organization);
        subject.AddCommonName(name);
        return subject.Build();
    }

    private static X509Extension Names(Role role, IReadOnlyList<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(role.Uri());
        var all = role == Role.Coordinator ? hosts.Concat(["localhost", "127.0.0.1", "::1"]) : hosts;
        foreach (var host in all.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(host);
        }
        return names.Build();
    }

    private static void Save(string where, string directory, Action write)
    {
        try
        {
            Directory.CreateDirectory(directory);
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(where, $"{directory} can't be written: {error.Message}");
        }
    }
}
