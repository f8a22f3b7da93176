using System.Diagnostics;
using System.Text;
using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data.Archives;

/// <summary>ImageNet's training archive in everything but the images: 1,000 tars inside a tar, 1,281,167 members of one byte each.</summary>
public sealed class ImageNetSizeTests(ITestOutputHelper output) : IDisposable
{
    private const int Classes = 1000;
    private const int Images = 1_281_167;
    private const int Block = 512;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Trait("Category", "Long")]
    public void Open_IsIndexedInAMinute_AndOpensInTwoSecondsAnd200Megabytes()
    {
        Write(_directory["ILSVRC2012_img_train.tar"]);
        var spec = new DatasetSpec { Format = DatasetFormat.ImageNet, Path = _directory.Path, Split = "train" };

        var (built, building, _) = Measured(() => Datasets.Open(spec, Classes, "data.train", validation: false, _directory["cache"], _ => { }));
        var (opened, opening, allocated) = Measured(() => Datasets.Open(spec, Classes, "data.train", validation: false, _directory["cache"], _ => { }));

        output.WriteLine($"indexed in {building.TotalSeconds:0.00} s; opened in {opening.TotalSeconds:0.00} s, allocating {allocated / 1e6:0.0} MB; "
            + $"the index's file has {new DirectoryInfo(_directory["cache"]).GetFiles("*.index").Single().Length / 1e6:0.0} MB");
        opened.Count.ShouldBe(Images);
        opened.Digest.ShouldBe(built.Digest);
        opened.Name(Images - 1).ShouldEndWith($"{WordNetId(Classes - 1)}_{CountOf(Classes - 1) - 1:00000}.JPEG");
        opened.Read(Images - 1, new ByteBuffer()).Bytes.ToArray().ShouldBe([(byte)(CountOf(Classes - 1) - 1)]);
        building.ShouldBeLessThan(TimeSpan.FromMinutes(1));
        opening.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        // All that is ever allocated bounds what is held at any time.
        allocated.ShouldBeLessThan(200_000_000);
    }

    private static (IDataset Dataset, TimeSpan Time, long Allocated) Measured(Func<IDataset> open)
    {
        GC.Collect();
        var (before, clock) = (GC.GetTotalAllocatedBytes(precise: true), Stopwatch.StartNew());
        var dataset = open();
        return (dataset, clock.Elapsed, GC.GetTotalAllocatedBytes(precise: true) - before);
    }

    private static void Write(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        var blocks = new byte[2 * Block];
        for (var label = 0; label < Classes; label++)
        {
            var count = CountOf(label);
            WriteHeader(file, $"{WordNetId(label)}.tar", (2L * count + 2) * Block);
            for (var image = 0; image < count; image++)
            {
                blocks.AsSpan().Clear();
                WriteHeader(blocks, $"{WordNetId(label)}_{image:00000}.JPEG", 1);
                blocks[Block] = (byte)image;
                file.Write(blocks);
            }

            file.Write(new byte[2 * Block]);
        }

        file.Write(new byte[2 * Block]);
    }

    private static int CountOf(int label) => Images / Classes + (label < Images % Classes ? 1 : 0);

    private static string WordNetId(int label) => $"n{1_440_764 + 7 * label:00000000}";

    private static void WriteHeader(Stream file, string name, long length)
    {
        var header = new byte[Block];
        WriteHeader(header, name, length);
        file.Write(header);
    }

    // POSIX.1-1988, ustar.
    private static void WriteHeader(Span<byte> header, string name, long length)
    {
        Encoding.ASCII.GetBytes(name, header);
        Encoding.ASCII.GetBytes("0000644\0", header[100..]);
        Encoding.ASCII.GetBytes("0000000\0", header[108..]);
        Encoding.ASCII.GetBytes("0000000\0", header[116..]);
        Encoding.ASCII.GetBytes($"{Convert.ToString(length, 8).PadLeft(11, '0')}\0", header[124..]);
        Encoding.ASCII.GetBytes("00000000000\0", header[136..]);
        header[148..156].Fill((byte)' ');
        header[156] = (byte)'0';
        Encoding.ASCII.GetBytes("ustar\0" + "00", header[257..]);
        var sum = 0;
        foreach (var value in header[..Block]) sum += value;
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ", header[148..]);
    }
}
