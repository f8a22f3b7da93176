using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Security;

/// <summary>
/// The secret by which the members of a generation know each other on the data plane. It goes out with their assignments and is kept nowhere: derived from
/// a key that this process alone has, in memory, for all members of a generation are assigned by one process.
/// </summary>
internal sealed class GroupSecrets(RunSettings settings)
{
    private const int KeyBytes = 32;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(KeyBytes);

    public byte[] Of(long generation)
    {
        var number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, generation);
        return HMACSHA256.HashData(_key, (byte[])[.. Encoding.UTF8.GetBytes(settings.RunId), .. number]);
    }
}
