namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>CRC-32 as zip archives have it (reflected polynomial 0xEDB88320; APPNOTE.TXT, section 4.4.7).</summary>
internal static class Crc32
{
    // Eight tables: eight bytes a turn instead of one.
    private static readonly uint[][] Tables = BuildTables();

    public static uint Of(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        while (data.Length >= 8)
        {
            crc = Tables[7][(crc ^ data[0]) & 0xff] ^ Tables[6][(crc >> 8 ^ data[1]) & 0xff] ^ Tables[5][(crc >> 16 ^ data[2]) & 0xff]
                ^ Tables[4][crc >> 24 ^ data[3]] ^ Tables[3][data[4]] ^ Tables[2][data[5]] ^ Tables[1][data[6]] ^ Tables[0][data[7]];
            data = data[8..];
        }

        foreach (var value in data)
        {
            crc = Tables[0][(crc ^ value) & 0xff] ^ crc >> 8;
        }

        return ~crc;
    }

    private static uint[][] BuildTables()
    {
        var tables = new uint[8][];
        for (var table = 0; table < tables.Length; table++)
        {
            tables[table] = new uint[256];
            for (var value = 0u; value < 256; value++)
            {
                tables[table][value] = table == 0 ? OfByte(value) : tables[0][tables[table - 1][value] & 0xff] ^ tables[table - 1][value] >> 8;
            }
        }

        return tables;
    }

    private static uint OfByte(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) != 0 ? value >> 1 ^ 0xEDB88320u : value >> 1;
        }

        return value;
    }
}
