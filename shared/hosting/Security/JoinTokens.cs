using System.Security.Cryptography;
using System.Text;

namespace Inception.Distributed.Hosting;

/// <summary>
/// What a worker must know to join, beside its certificate: a file with a token a line, read again whenever it is asked. A coordinator takes each of them and
/// a worker shows the first, so a token is replaced by adding the new one on top, and removing the old one when all workers have it.
/// </summary>
public sealed class JoinTokens
{
    private const string Option = "--token-file";
    private const int Shortest = 16;

    private readonly string _path;

    private JoinTokens(string path) => _path = path;

    /// <exception cref="UserErrorException">It can't be read, or holds no token.</exception>
    public static JoinTokens Open(string path)
    {
        var tokens = new JoinTokens(path);
        tokens.Read();
        return tokens;
    }

    /// <exception cref="UserErrorException">It can't be read any more.</exception>
    public string First => Read()[0];

    /// <summary>Takes the same time whatever the difference.</summary>
    public bool Accepts(string token)
    {
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        return Read().Aggregate(false, (found, known) => found | CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(known))));
    }

    private List<string> Read()
    {
        var tokens = PrivateFile.Read(_path, Option).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        if (tokens.Count > 0 && tokens.TrueForAll(token => token.Length >= Shortest && token.All(c => c is > ' ' and < '\x7f'))) return tokens;
        throw new UserErrorException(Option, $"{_path} must hold a token a line, each of {Shortest} visible characters at least; make one: inception certs token {_path}");
    }
}
