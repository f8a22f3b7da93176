using System.CommandLine;

namespace Inception.Distributed.Hosting;

/// <summary>The options of <see cref="SecuritySettings"/>.</summary>
/// <param name="withToken">The process lets workers join, or is one.</param>
public sealed class SecurityArguments(bool withToken)
{
    private readonly Option<string?> _directory = new("--certs")
    {
        Description = "Directory with this process's tls.crt, tls.key and ca.crt: mutual TLS. Replaced files are taken up without a restart. Default: plain text, on loopback only.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _certificate = new("--tls-cert") { Description = "Instead of --certs: the certificate, PEM.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--tls-key") { Description = "Instead of --certs: its private key, PEM.", HelpName = "FILE" };
    private readonly Option<string?> _authority = new("--tls-ca") { Description = "Instead of --certs: the CAs to trust, PEM.", HelpName = "FILE" };

    private readonly Option<string?> _token = new("--token-file")
    {
        Description = "File with the join token that each worker must show. Default: none.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Allows plain text to and from other hosts." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _directory, _certificate, _key, _authority }) command.Add(option);
        if (withToken) command.Add(_token);
        command.Add(_insecure);
    }

    /// <exception cref="UserErrorException">The options do not go together.</exception>
    public SecuritySettings Read(ParseResult line) => new()
    {
        Certificates = Files(line),
        TokenFile = withToken ? line.GetValue(_token) : null,
        Insecure = line.GetValue(_insecure),
    };

    private CertificateFiles? Files(ParseResult line)
    {
        var (directory, parts) = (line.GetValue(_directory), new[] { _certificate, _key, _authority });
        var given = parts.Where(option => line.GetValue(option) is not null).ToList();
        if (directory is not null && given.Count > 0) throw new UserErrorException(_directory.Name, $"names all three files; leave {given[0].Name} out, or --certs");
        if (directory is not null) return CertificateFiles.In(directory);
        if (given.Count == 0) return null;
        return given.Count == parts.Length
            ? new CertificateFiles(_certificate.Name, line.GetValue(_certificate)!, line.GetValue(_key)!, line.GetValue(_authority)!)
            : throw new UserErrorException(given[0].Name, $"is not enough: {string.Join(" and ", parts.Except(given).Select(option => option.Name))} must be given too");
    }
}
