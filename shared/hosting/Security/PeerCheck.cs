using System.Security.Cryptography.X509Certificates;

namespace Inception.Distributed.Hosting;

/// <summary>Whether a certificate may be trusted, and if not, why not in a clause that names the thing.</summary>
public static class PeerCheck
{
    /// <param name="authorities">Whom alone we trust.</param>
    /// <returns>Null: it is signed by one of them, valid now, and names a role.</returns>
    public static string? Fault(X509Certificate2? certificate, X509Certificate2Collection authorities, TimeProvider time)
    {
        if (certificate is null) return "it shows no certificate";
        var now = time.GetUtcNow();
        using var chain = new X509Chain { ChainPolicy = Policy(authorities, time) };
        var isSigned = chain.Build(certificate);
        var expired = chain.ChainElements.Select(element => element.Certificate).FirstOrDefault(signer => !signer.Equals(certificate) && new DateTimeOffset(signer.NotAfter) < now);
        var expiredName = expired is null ? null : Name(expired.SubjectName);
        foreach (var element in chain.ChainElements)
            if (!ReferenceEquals(element.Certificate, certificate)) element.Certificate.Dispose();
        if (!isSigned) return $"its certificate ({Describe(certificate)}) is signed by {Name(certificate.IssuerName)}, which is no CA that is trusted here";
        if (expiredName is not null) return $"its certificate ({Describe(certificate)}) is signed by the CA {expiredName}, which has expired";
        if (new DateTimeOffset(certificate.NotAfter) < now) return FormattableString.Invariant($"its certificate ({Describe(certificate)}) expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
        if (new DateTimeOffset(certificate.NotBefore) > now) return FormattableString.Invariant($"its certificate ({Describe(certificate)}) is valid from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC only; compare the clocks");
        return AlternativeNames.Of(certificate).Role is null ? $"its certificate ({Describe(certificate)}) names no role, such as {Role.Worker.Uri()}" : null;
    }

    /// <summary>
    /// Trusts the authorities alone, and never follows an address in a certificate that a stranger has made up. Dates are left to <see cref="Fault"/>, which has
    /// better words for them.
    /// </summary>
    public static X509ChainPolicy Policy(X509Certificate2Collection authorities, TimeProvider time)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = time.GetUtcNow().UtcDateTime,
            VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>E.g. <c>worker node7</c>.</summary>
    public static string Describe(X509Certificate2 certificate)
    {
        var name = Name(certificate.SubjectName);
        return AlternativeNames.Of(certificate).Role is { } role ? $"{role.Name()} {name}" : name;
    }

    // Peers choose it: it must not break a line of the log, nor fill it.
    private static string Name(X500DistinguishedName name)
    {
        const int most = 100;
        var common = name.EnumerateRelativeDistinguishedNames().FirstOrDefault(part => !part.HasMultipleElements && part.GetSingleElementType().Value == "2.5.4.3")?.GetSingleElementValue();
        var text = common ?? name.Name;
        return "'" + string.Concat(text.Take(most).Select(c => char.IsControl(c) ? '?' : c)) + "'";
    }
}
