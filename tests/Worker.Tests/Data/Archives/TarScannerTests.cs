using System.Formats.Tar;
using Inception.Distributed.Worker.Data.Archives;

namespace Inception.Distributed.Tests.Data.Archives;

public sealed class TarScannerTests
{
    private readonly List<string> _skipped = [];

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public void Scan_GivesNamesAndPlaces(TarEntryFormat format)
    {
        var archive = TarFiles.Of(format, ("a/1.jpg", TarFiles.Text("one")), ("a/empty.jpg", []), ("a/2.jpg", new byte[1000]));
        var members = Scan(archive);
        members.Select(member => (member.Name, member.Length)).ShouldBe([("a/1.jpg", 3), ("a/empty.jpg", 0), ("a/2.jpg", 1000)]);
        archive.AsSpan((int)members[0].Offset, 3).ToArray().ShouldBe(TarFiles.Text("one"));
    }

    [Theory]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public void Scan_LongNames_ArePutTogether(TarEntryFormat format)
    {
        var name = $"{new string('d', 150)}/{new string('f', 200)}.jpg";
        var archive = TarFiles.Of(format, (name, TarFiles.Text("content")), ("next.jpg", TarFiles.Text("next")));
        var members = Scan(archive);
        members.Select(member => member.Name).ShouldBe([name, "next.jpg"]);
        archive.AsSpan((int)members[1].Offset, 4).ToArray().ShouldBe(TarFiles.Text("next"));
    }

    [Fact]
    public void Scan_ArchiveInsideAnother_GivesPlacesInTheOuterOne()
    {
        var outer = TarFiles.Of(("n01.tar", TarFiles.Of(("x.JPEG", TarFiles.Text("picture")))));
        var inner = Scan(outer).ShouldHaveSingleItem();
        var image = TarScanner.Scan(new MemoryStream(outer), inner.Offset, inner.Length, "n01.tar", _skipped.Add).ShouldHaveSingleItem();
        outer.AsSpan((int)image.Offset, (int)image.Length).ToArray().ShouldBe(TarFiles.Text("picture"));
    }

    [Fact]
    public void Scan_BrokenHeader_SaysWhere()
    {
        var archive = TarFiles.Of(("a.jpg", TarFiles.Text("one")), ("b.jpg", TarFiles.Text("two")));
        archive[1024 + 20] ^= 0xFF;
        Mistake(archive).ShouldContain("The archive is damaged near byte");
    }

    [Theory]
    [InlineData(1024 + 700)]
    [InlineData(1024 + 512)]
    [InlineData(1024 + 100)]
    public void Scan_ArchiveThatIsCutOff_SaysSo(int length)
    {
        var archive = TarFiles.Of(("a.jpg", TarFiles.Text("one")), ("b.jpg", new byte[600]));
        Mistake(archive[..length]).ShouldMatch("The archive is (cut off|damaged)");
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b.jpg")]
    public void Scan_NameThatPointsOutside_IsRefused(string name) => Mistake(TarFiles.Of(TarEntryFormat.Gnu, (name, TarFiles.Text("x")))).ShouldContain($"named '{name}', which points outside");

    [Fact]
    public void Scan_Link_IsSkippedAndSaid()
    {
        Scan(TarFiles.WithLink("a.jpg", "/etc/passwd")).ShouldBeEmpty();
        _skipped.ShouldHaveSingleItem().ShouldContain("the entry 'a.jpg' is a SymbolicLink, not a file");
    }

    [Fact]
    public void Scan_SomethingElse_IsNoArchive() => Mistake([.. Enumerable.Repeat((byte)'x', 2048)]).ShouldContain("damaged");

    private List<TarMember> Scan(byte[] archive) => [.. TarScanner.Scan(new MemoryStream(archive), 0, archive.Length, "archive.tar", _skipped.Add)];

    private string Mistake(byte[] archive)
    {
        var problem = Should.Throw<UserErrorException>(() => Scan(archive)).Problems.ShouldHaveSingleItem();
        problem.Where.ShouldBe("archive.tar");
        return problem.Message;
    }
}
