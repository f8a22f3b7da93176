using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Hosting;

namespace Inception.Distributed.Cli.Commands;

/// <summary>A certificate in words.</summary>
internal static class CertificateText
{
    /// <param name="directory">With a process's certificate, else a CA's.</param>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static IEnumerable<string> Of(string directory)
    {
        var path = Path.Combine(directory, CertificateFiles.CertificateName);
        if (!File.Exists(path)) path = Path.Combine(directory, CertificateFiles.AuthorityName);
        using var certificate = Load(directory, path);
        var (names, left) = (AlternativeNames.Of(certificate), new DateTimeOffset(certificate.NotAfter) - TimeProvider.System.GetUtcNow());
        yield return $"{path}: {PeerCheck.Describe(certificate)}";
        yield return $"  signed by   {certificate.IssuerName.Name}";
        if (names.Hosts.Count > 0) yield return $"  for         {string.Join(", ", names.Hosts)}";
        yield return Format.Text($"  valid until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC, {(left > TimeSpan.Zero ? $"{left.TotalDays:0.0} days from now" : "EXPIRED")}");
        yield return $"  sha256      {certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}";
    }

    private static X509Certificate2 Load(string directory, string path)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(path);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("DIR", $"{directory} has no {CertificateFiles.CertificateName} or {CertificateFiles.AuthorityName} that can be read: {error.Message}");
        }
    }
}
