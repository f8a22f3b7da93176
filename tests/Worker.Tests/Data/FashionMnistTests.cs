using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Tests.Data;

public class FashionMnistTests
{
    private const string Directory = "/usr/share/datasets/fashion-mnist";

    [Theory]
    [InlineData("train", 60_000)]
    [InlineData("test", 10_000)]
    public void Open_TheRealDataset_HasEveryClassEquallyOften(string split, int count)
    {
        Assert.SkipUnless(System.IO.Directory.Exists(Directory), "The package dataset-fashion-mnist is not installed.");
        var dataset = IdxDataset.Open(Directory, split, 0, 10, "data.train");
        dataset.Count.ShouldBe(count);
        for (var label = 0; label < 10; label++)
        {
            Enumerable.Range(0, count).Count(i => dataset.Label(i) == label).ShouldBe(count / 10);
        }

        var image = dataset.Read(count - 1, new ByteBuffer());
        (image.Height, image.Width, image.Channels).ShouldBe((28, 28, 1));
    }
}
