using System.Net;

namespace Inception.Distributed.Hosting;

/// <summary>How a process protects its connections to others. It belongs to the host, never to the job, and is read from files: nothing of it is an argument that others see.</summary>
public sealed record SecuritySettings
{
    /// <summary>Null: plain text.</summary>
    public CertificateFiles? Certificates { get; init; }

    /// <summary>File of the join token; null: none is asked for, or shown.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Plain text is allowed off loopback.</summary>
    public bool Insecure { get; init; }

    public string Scheme => Certificates is null ? "http" : "https";

    /// <exception cref="UserErrorException">Plain text off loopback.</exception>
    public void Check(IPEndPoint listen)
    {
        if (Certificates is not null || Insecure || IPAddress.IsLoopback(listen.Address)) return;
        throw new UserErrorException("--listen",
            $"{listen} is reached from other hosts, and nothing would protect the connections; give certificates with --certs DIR (inception certs init --help says how to "
            + "make them), listen on 127.0.0.1, or add --insecure to let everybody on the network read and change what is sent");
    }

    /// <exception cref="UserErrorException">Plain text off loopback, or certificates and an address that do not go together.</exception>
    public void Check(Uri server)
    {
        if (server.Scheme == Uri.UriSchemeHttps && Certificates is null)
            throw new UserErrorException("--certs", $"{server} wants a certificate; name the directory of one with --certs DIR (made by: inception certs issue)");
        if (server.Scheme == Uri.UriSchemeHttp && Certificates is not null)
            throw new UserErrorException("--coordinator", $"{server} is plain text, and certificates are given; write https://{server.Authority}");
        if (server.Scheme == Uri.UriSchemeHttps || Insecure || server.IsLoopback) return;
        throw new UserErrorException("--coordinator",
            $"{server} is plain text to another host: whoever is between could read and change what is sent; use https:// with --certs DIR, or add --insecure");
    }
}
