using System.IO.Compression;

namespace Inception.Distributed.Cli.Pictures;

/// <summary>
/// The letters of raster pictures: printable ASCII in DejaVu Sans Mono of 20 pixels, smoothed; any other character looks like a question
/// mark. Made by <c>scripts/make-glyphs.py</c>. The font's licence allows it (Bitstream Vera's: free use, embedding and redistribution).
/// </summary>
internal static class Glyphs
{
    public const int Width = 12;
    public const int Height = 24;
    public const int FullCoverage = 15;

    private const char First = ' ';
    private const char Last = '~';

    private static readonly byte[] Table = Decompress();

    /// <returns>How much of a pixel the letter covers, 0 to <see cref="FullCoverage"/>.</returns>
    public static int Coverage(char letter, int column, int row)
    {
        var glyph = (letter is < First or > Last ? '?' : letter) - First;
        var pair = Table[((glyph * Height + row) * Width + column) / 2];
        return column % 2 == 0 ? pair >> 4 : pair & 0xf;
    }

    private static byte[] Decompress()
    {
        using var zlib = new ZLibStream(new MemoryStream(Convert.FromBase64String(Compressed)), CompressionMode.Decompress);
        using var table = new MemoryStream();
        zlib.CopyTo(table);
        return table.ToArray();
    }

    // Two pixels a byte, the left one first; by letter, row, column.
    private const string Compressed =
          "eNrdWw1wW9WVPu/p/8dCJvw01LFfCbOly9TSkpl2YaeW2vHOki6NlN0Cm2yo1GlhdpcSazptTTubyLDdId00lkLDbrShlpiW7tSklmBLIbvBUvrDX8AyabsY"
        + "0lhOQmM7liX8b1mW3p5znrGCsd342cky+8J8edx3dd99556f75x7A/DBv4xhQts7fxir+git3YwpQo2zMo4+sLC/qkvfYvQDmN+xJRZDY8oavszy0Tq1EkBt"
        + "wIHT8jl9eN8K3wdN46uNJxutMl3iJyc+ObEJjH0mFI01VhWDB1qfCz0X6M3n8rkUdwd4Bd4CEM6JkwC6Md2oqqlILPPEPGoey/4rwM6Xe7oATmkSIggz3D68"
        + "jjD41jFEXZf8C+r6Ys5Jv3LFCG0pwYv3YXH2YM+wBJu7sg++d2TQxFYko86nEesffd4O8F2oQkn9O1hRH7Zs3e2ErYb8OXHf07Du6ucfArjx5FYJLD3SF8oB"
        + "LYj917yNS94NP2Y8ghI6v+0sDvVnWbfK5RIPHcEPrR/6Cb4+5CaRRe3UHvQS1rLybinQF56Pe+HzVakNZ+AVj1+ThYEmNwQfnPAFwFw8XXsahHxAX/ra9nIC"
        + "7pZLd00D3CCpmZAhULGX96M5dhlVWWRJeFi0xwl0E4QWtmsHG1aTnzDKdp3k703zj5KMcakiSk8L+wT+CiPrszjAb2nlruv/4AIK/BINTwGeZ/T4K2OaeEzd"
        + "JI88wz8ocqdZvp+ttGunWc7jlW+p57m10myFQe7y+ArXy4gjiL81tnzOCbf/V/svsWXnOZrOqVN+EI/f+NBRCbzGFt1cT+wrXb5l1HkX0yWhuuZYtd1BDmn0"
        + "Q3v2Dex5cFF9S3xQ4k7t7wnrePldZ1ivWAM7WJLPXjIbaGzEFxhkueXd+w/o1XCWJTNWQbXXZja0Lvu8qVhO86AVcYvn2eL4LbWsISEyXyHLBsFLVNVdcQ+n"
        + "WAunWJ+OrXAywt7ncCIbZtMn0J349UUQS+hjJD265JDfiNbuC5smDAFPzDzuGnclzOM1xzwx0wS1G/CNTQEteoG4G3olYRgbf7UDf6LPlwML2MjFz+e2R+lz"
        + "ZQoJ32ousLNQj7c+WWr3gw9tUK1f/9PDz9pBJ/8ufwJ0PwATuznIK56Yvy/Ha8KvbHidPqCXmmvepoZO8gwWNqw4rZS+3N7e7jSQT/CqnM+2o/9hBw3O5ywI"
        + "W8GgzCejzIdQizoiRJI/RyWSS6wdt/LcIMmzDXJTKCBir4zT9OY3WmdAn5bLaH2CungKH9vPL6fwoD9FWPsVwsNWRN1Zwg1hwjY7ouYcIFqPVdeM2q8gOYwY"
        + "9+zZVyCfbeUAcyGqub4TiXwPF0iWUQ+z1dWo22w0czj8zW8DP30K4J+qb1fCmLKacV6REMsn6Ub5aHNg6rm3bRLVWS7hQ3GTKvlsP47zMZdfw3cFn4KrcA4V"
        + "azWMf/TfJDBN5fK/xy4t2pxknqXVMaFb8MTIvlwx0mNfGHJ2mmHwhe3YwZCn+YPmT1TEqghebhNJ3g/V1dXshTQsBxMHbBv7FV/LPOEQOcobOe5XsaPyhRUZ"
        + "0UP+GOPUKuj8oSM4UHCocwqEnCTmJB1OJuqlr456ybP12uFTPft+TV9NXqXzqx/Ngn6aVoomjH5pgmVFv2oRMk9sK9vhJlkm/rtOhXxAd5j8YWgI/aGmZEd/"
        + "SF+elMxj9EYLYQt5v3hYVwRNPgbJl9qSYTDmBxT+pThkFhx2gMi9HRhKW+UiNgib7GsZj67eujAefeihyxO/Fr+u+eLC8dc/8n/LN67FkAafzR8DYVf5h6Dt"
        + "GEIjdgzQItSUD1CHGzM9vFDJWVo1cZ/idLZeOg4hoMVVOCFeDy7ffumuj7Ou1KBcKMbNyaGTJARCK8lhM8pNJLnpk0WS2yD1uHr1L9bspXwwOJRG+v4w6HJK"
        + "/KJFEfjewo4mScZkLFQckiNWQUFZXfbXrkQFV3P90R5UAVPuVcy+O/zwqZQB47d23BaGv/Ce80jmcra/FWOneeoQ/DcI/U9CD8AbT8LLAP37MLDpp3z2+jc7"
        + "+msD4uH/fNTE2gyvsSLXnP/yXfjXfflZ+/zUlw+nbDVBJoav/Y4zpiiOpKdEGJki0UFbihijL0BMMOok7527994caEl/3MapTZuawuSpa7sdmGNYxoIoTMO0"
        + "yuWKRL5O/EeWz4GuUH1V3qnDVQkGCJtaCJNu3eye7w9wnx9gH7iqy03tjhRhVR+hbYT7p3SzkcNlN/bMPqJ6pW48+iM7huTjmQB4ToDer9AwDRMhfaESjkys"
        + "SCYlzvLX65Rwn2M3HApT/cZavGdXAIQ2eZaimQoHrYs8jL/EeIpcyzRx5f2TFEbFHAfTuJcwGCb0xThaJfiesYlbMNaPE39DNM3gf4fQ7Ezy8I9Ui4e8h1cg"
        + "TWgRSuhVQCjxV1+IZeQAEvdxL/J0Yc8A91RrYX+H8wlAHEdIQfzTRMjiXIl4D/4Y58N9nIs9XQJVXtuPo+uzlI/mnBB9HNa7NaWKzlg5btk4DthG4NpmL6JL"
        + "TlSNgYi5D5pbXYJ0rC4ByPIRtwzcmUyAJikP2inAq6AbVIKbYzJLYjESiceYs3HmtUzPC3AV+gNA7wKorh2pvsha9BIYaStE3h1NtQNC/owug4hC9XqmC6aL"
        + "R6UINQYGnNBpsL1xZzoGhow8Y1fJx3TouAwH2HLJig1FekUT2uy4LmtH3IL5t6mQZ5+QQe9rKn1smiZDWSH29HUTmqcJhZybvcHrhOaCSvk8UAmga4Foifsh"
        + "Q3mZuumsx+x9237HLCWEjowklkYdjwUMb446DnZbvzPqeGTMdcuoI/zSPhPirh5CxxihOUZIVcalUGVt7iDOyW+S3ZhJmeQYYfEM4cQA4fhPGD1ewqoEoWGU"
        + "UBgghDa2JleU0Jon1MtsX3m19iXuPYLRvGE2jXS816sdBqqfJL3kf5rCnMskrDi+K0W+yNFN6Oq2kEWnuOoSI/8TDQjDduiVIPSrHahexjzl76ryQYhEHnYC"
        + "efgZ9PnVV2XC5PldfYS2kQoGU0K5eW+ZIkv5p9jzevsyUaO0mnqgCvmkLEpsrcjHv0A+MqUWmp1cHNMrpYC/usj4fvBrHN/lE8goqm8tsWPJuDkH9BKm6V6H"
        + "7aVXe59GPDXspj4fP0uoKXL/OPd38Qpaxgm1s2r94aFXvgqwM9tVwuRbglvmyoGKozMoDCfzJnHjm/Jlqsxc06YsStJfKTK6YlonaZG+eM99JbumQy5TvrxR"
        + "hf7cRvHin0Pk4acFihf2VcWLVe9X6jBY3OLlumXLStHAqJ/kquYM04z0E1RvuS5fflxlPeEWP82pjjYiR6moVdetvItIe9RNxcNe4vC0ceIL0KtrY+YR2jax"
        + "YfAwjLmoKj4VJIZ7spPGa+PtE8+EanrIkOZaGO0eCUWqLGumfX5TWDfpCrjGDeN14Z39xlFb4sl2c5+l+41d1pTp9LirNmaYPG1Dzl9MWZNeTTlszDtB9upk"
        + "O9JXoax2txszXf33iJ83pKBLgk4nNCSovGMa34BCE4ajxPWaWK/r+avjw0zlmwJUjrKeIWNHK9NkyR6t6DTqu6mOYFSZ72xGy9Ed2EDZ02mugQdwVmKWTMZM"
        + "YXq8AYmwmO2k3C40fen1WaR63X7O7MaoXteU4hKzNJ/aeHgbiRsUDtvADV3UYOCG+kqDrtTe3v5Drj9Prnwu67gAGmRfGvwS3zMRX2M8TnsHmyP+i9sdbKls"
        + "iSjbI8pWydy2ibKFomynzFWWFA+obLko2y/KVgz4lI1hLjfoFfHwxgrcf3HphrCJ/INJJqELn2DRa9ceDUcJ9ZEDK7EwtA2q4hqnyTR8YXRBGhRJm9OCLMb8"
        + "FPy/vtr5WuSB5XVetZP8P/W8+Jr9H8QvuJL09h95j+bk1/+hwOdOOpVDFE4wHO7FbCP90p6kl7xoyGseJU9oHAdN3qstfX5X2gs75X46I7DC9PRmFs/MIvgR"
        + "wt0YE4VSP8ZHQfbiG4n1ecJ0JqAuQT2vSM3dK+3IwKNeofw/t2Xxt628fyHcvEYCup6gVT4vgaV4zy4vNMVIRspBCd6gUE4nKPdz7WQJdrDONP4tSqZNnpXU"
        + "1H/WMUal9+KVhNflBxCTT+zOSMhgtbJkJN4oWWh1JMsI9VTujVz/Qb6BfSB5YGdegg/LXPLbuEb7BcJHyPVniMME39iWRd5oh6CX2E5dzDzd3Lw7ZSnncrmU"
        + "mXMsIzNJcQhIPqEX/nyfH/QZeQgpiLjS9eIMW5OhvU7ruUY7vY+ruGGqwuVzOS80h15slt4967JSXDP7Irgu39+K8v/ZMutlVtaL2zWzoMP1ir7YmpYwv/it"
        + "svp8KofC0Dc/85fYbbdcpih2g3OF9nU94efkn6PeDtxXBLKdLjvZUVQimwo5qWfIvTyq4Bo8T/NIBaGigbtzFDE/8ZWRhX2WQ+GOHZN3OJm9qMmXmW+LhQpe"
        + "MJ+GHDHhax8oLOyzUuSd2DvuP80b5pQ3Xb+E2W1kVI5cLYqtLaQe03QfRV8d/2NiF/E0yS0+OMNbzHQKIC5tOEvIlFUiR4RoWTGjFxobiQhQzRTnrJwQC6lC"
        + "hXcp9KdqkDIEsUNew71KCf9UHS7fXnbb+oODX4jZUlV95j5bwtJn6rPFLN3GkYvBNTR4sq/By29fS9odk3eu4YReuK/Am+ppST9F+yzkbTy8g+BSar9hPZ+6"
        + "4VM6Tog+sx0nY8qXw2r3uxe7KL4PUnwXMb4X0S4wvrtFjuN0GsCRoHS1LjV3r7RzfBcxvs+iXVF8FwsU399vbzT6CuXDYSk/sNuN8tmVcQvDyG3cJIekm+QT"
        + "5TpqkGssITclPThbpCXIi+IHdiB+WJ6h9bpBWirnWLdyAenfvls+AYbC+Qd+A4ayG4S54ouScykJyfK4drvKJFFDXv4lfs4zdz6L5PCCrCbY82l6mikT4xJ3"
        + "KEc2e9mTIr71158tEP1h/dkoqXo7Y3IBmim+23XNmebmRZ4uhkoEbXqR+hu65DU9K6EcO919cXY9pJxnY/0JPXN/2g01cj/pz8Y1nJOlm87VkiJ4Wsia8Ou7"
        + "+JBSk5cCUm3MfIaSVDpjr5v0EYsYYsrfcX519Z+lrlcJnuej2eebqCI05QiYwoYxW6J21Ize+u4XqhKG0YP/UteimfhNg88N2T4bTigZ4wNLft30Gs/HcA5g"
        + "ZwA6ufayIUV1Hu1g1DtfdannxL4ryzs9Hs5qTZPsObucXAVKre18KFm0vE5lAUeMlgn1AUPuKSonUBHB2kfkUD9BVQdhqInm2dHLK8U+r0o5yclzohN4wl2U"
        + "imjkX6vyh0oxAxm7BHc1N/N2tlL68RHJErkKUsNnEDrc88+2MAHLNTc323k/TlIZOEHopHqysfCZeaZnfWchKv8yhU9l7M3Smx5jBE+i8vT9v7LwaMYChTEh"
        + "rVStNy5XCmf2stRJ/kuHxvDSWSiki7QeN0S5LnUFf68ttRCVw7tmJdPqOkLY+fJ8i/L0/b/i0dbxyGk+TXLzmjrJv/k26mKNLPf8/ZmbnFd38hFeQVrVkP8L"
        + "ENg5bQ==";
}
