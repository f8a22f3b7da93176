using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Inception.Distributed.Hosting;

/// <summary>
/// This process's certificate, key and trusted CAs, as they lie in their files now: they are read again, so that they can be replaced without a
/// restart. Connections that stand go on with what they began with. For any thread.
/// </summary>
public sealed class LiveCertificates
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CertificateFiles _files;
    private readonly Role _role;
    private readonly TimeProvider _time;
    private Pems _pems;
    private Loaded _loaded;
    private long _readAt;
    private string? _problem;

    private LiveCertificates(CertificateFiles files, Role role, TimeProvider time, Pems pems, Loaded loaded)
    {
        (_files, _role, _time, _pems, _loaded) = (files, role, time, pems, loaded);
        _readAt = time.GetTimestamp();
    }

    private sealed record Pems(string Certificate, string Key, string Authority);

    /// <param name="Authorities">Whom alone we trust.</param>
    public sealed record Loaded(X509Certificate2 Certificate, X509Certificate2Collection Intermediates, X509Certificate2Collection Authorities);

    /// <summary>Called once for each change that can't be used; what was read before stays in use.</summary>
    public Action<string> OnProblem { get; set; } = _ => { };

    public Loaded Current
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_readAt) >= Interval) ReadAgain();
                return _loaded;
            }
        }
    }

    /// <param name="role">That the certificate must name.</param>
    /// <exception cref="UserErrorException">A file can't be read, or the certificate can't be used: it is not signed by the CA, expired, of another role or not the key's.</exception>
    public static LiveCertificates Open(CertificateFiles files, Role role, TimeProvider time)
    {
        var pems = Read(files);
        return new LiveCertificates(files, role, time, pems, Load(files, pems, role, time));
    }

    private void ReadAgain()
    {
        _readAt = _time.GetTimestamp();
        try
        {
            var pems = Read(_files);
            if (pems == _pems) return;
            _loaded = Load(_files, pems, _role, _time);
            (_pems, _problem) = (pems, null);
        }
        catch (UserErrorException error)
        {
            if (_problem == error.Message) return;
            _problem = error.Message;
            OnProblem(error.Message);
        }
    }

    private static Pems Read(CertificateFiles files)
    {
        try
        {
            return new Pems(File.ReadAllText(files.Certificate), PrivateFile.Read(files.Key, files.Option), File.ReadAllText(files.Authority));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(files.Option, $"{error.Message} A directory of certificates has {CertificateFiles.CertificateName}, {CertificateFiles.KeyName} and {CertificateFiles.AuthorityName}; see inception certs issue --help");
        }
    }

    private static Loaded Load(CertificateFiles files, Pems pems, Role role, TimeProvider time)
    {
        var (all, authorities) = (new X509Certificate2Collection(), new X509Certificate2Collection());
        X509Certificate2 certificate;
        try
        {
            authorities.ImportFromPem(pems.Authority);
            all.ImportFromPem(pems.Certificate);
            certificate = X509Certificate2.CreateFromPem(pems.Certificate, pems.Key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new UserErrorException(files.Option, $"{files.Certificate}, {files.Key} and {files.Authority} can't be used together: {error.Message}");
        }
        if (PeerCheck.Fault(certificate, authorities, time) is { } fault)
            throw new UserErrorException(files.Option, $"{files.Certificate} is of no use with {files.Authority}: {fault}; issue another one: inception certs issue {role.Name()} --help");
        var actual = AlternativeNames.Of(certificate).Role!.Value;
        if (actual != role)
            throw new UserErrorException(files.Option, $"{files.Certificate} is the certificate of {An(actual)}, and this is {An(role)}; issue another one: inception certs issue {role.Name()} --help");
        return new Loaded(certificate, [.. all.Skip(1)], authorities);
    }

    private static string An(Role role) => (role == Role.Operator ? "an " : "a ") + role.Name();
}
