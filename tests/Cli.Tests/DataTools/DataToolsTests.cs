using System.Diagnostics;
using Inception.Distributed.Cli.Commands;
using Inception.Distributed.Cli.DataTools;
using Inception.Distributed.Tests;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.Tests.DataTools;

public sealed class DataToolsTests : IDisposable
{
    private static readonly string TinyJob = Path.Combine(Repository.Root, "jobs", "tiny.yaml");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("inception-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("imagefolders:/x", "SPEC: there is no format 'imagefolders'; did you mean 'imagefolder'?")]
    [InlineData("imagefolder:/nowhere", "imagefolder:/nowhere: There is no directory '/nowhere'.")]
    [InlineData("synthetic:many", "SPEC: synthetic takes a number of images, not 'many'")]
    [InlineData("idx:/x:val", "SPEC: 'val' is no split")]
    [InlineData("nowhere.yaml", "nowhere.yaml: no such file")]
    public void Open_Mistakes_AreNamed(string spec, string message) =>
        Should.Throw<UserErrorException>(() => DataSource.Open(spec, [], _ => { })).Message.ShouldStartWith(message);

    [Fact]
    public void Open_ChangesOfAJobWithoutOne_AreRefused() =>
        Should.Throw<UserErrorException>(() => DataSource.Open("synthetic:5", ["seed=2"], _ => { })).Message.ShouldContain("'synthetic:5' is no job file");

    [Fact]
    public void Open_OfAJob_GivesBothSetsAsTheJobSeesThem()
    {
        var sources = DataSource.Open(TinyJob, ["data.maxPixels=5000"], _ => { });

        sources.Select(source => source.Name).ShouldBe(["data.train", "data.validation"]);
        sources[0].Data.MaxPixels.ShouldBe(5000);
    }

    [Fact]
    public void Inspection_NamesCountsClassesAndOddFiles()
    {
        Write("train/cat/a.jpg", Jpeg());
        Write("train/cat/b.jpg", Jpeg());
        Write("train/dog/c.png", Jpeg());
        Write("train/dog/d.jpg", []);
        var source = DataSource.Open($"imagefolder:{_directory.FullName}:train", [], _ => { })[0];

        var text = string.Join('\n', InspectionText.Of(Inspect(source)));

        text.ShouldContain("4 of 2 classes");
        text.ShouldContain("JPEG 3");
        text.ShouldContain("every class has 2 images");
        text.ShouldContain("1  corrupt: replaced in training");
        text.ShouldContain("d.jpg: the file is empty");
        text.ShouldContain("1  named unlike its content: decoded by content");
        text.ShouldContain("3  a side under 32 pixels");
        DataToolsJson.Write(DataToolsJson.Of(Inspect(source))).ShouldContain("\"problem\": \"the file is empty\"");
    }

    [Fact]
    public void Inspection_InksSixteenBitsAndTransparency_AreNamedWithWhatBecomesOfThem()
    {
        Make("""
            from PIL import Image
            import struct, sys
            photo = Image.effect_noise((48, 40), 60).convert("RGB")
            photo.convert("CMYK").save(sys.argv[1] + "/cmyk.jpg")
            Image.frombytes("I;16", (48, 40), struct.pack("<1920H", *range(0, 1920 * 34, 34))).save(sys.argv[1] + "/deep.png")
            clear = photo.copy()
            clear.putalpha(100)
            clear.save(sys.argv[1] + "/clear.png")
            photo.quantize(16).save(sys.argv[1] + "/palette.png", transparency=3)
            """);
        // Adobe's marker says how the inks are coded: 0 as they are, 2 as YCCK.
        var inks = File.ReadAllBytes(Path.Combine(_directory.FullName, "odd", "cmyk.jpg"));
        inks[inks.AsSpan().IndexOf("Adobe"u8) + 11] = 2;
        Write("odd/ycck.jpg", inks);
        var source = DataSource.Open($"imagefolder:{_directory.FullName}", [], _ => { })[0];

        var text = string.Join('\n', InspectionText.Of(Inspect(source)));

        text.ShouldContain("JPEG 2");
        text.ShouldContain("PNG 3");
        text.ShouldContain("1  CMYK: decoded as Adobe's");
        text.ShouldContain("1  YCCK: decoded as Adobe's");
        text.ShouldContain("1  palette: its colours");
        text.ShouldContain("1  16 bits: the upper 8");
        text.ShouldContain("2  transparent: dropped, not blended");
        text.ShouldNotContain("corrupt");
    }

    [Fact]
    public void Inspection_UnevenClasses_AreShownFromBothEnds()
    {
        foreach (var (name, count) in new[] { ("a", 3), ("b", 1), ("c", 2) })
            for (var i = 0; i < count; i++) Write($"{name}/{i}.jpg", Jpeg());

        var text = InspectionText.Of(Inspect(DataSource.Open($"imagefolder:{_directory.FullName}", [], _ => { })[0])).ToList();

        text.ShouldContain("  balance    1 to 3 images a class, 2 on average");
        text.ShouldContain("             a (3), c (2), b (1)");
    }

    [Fact]
    public void Distribution_GivesQuantilesAndAPicture()
    {
        var spread = Distribution.Of([.. Enumerable.Range(0, 101).Select(value => (long)value)]);

        (spread.Smallest, spread.Low, spread.Median, spread.High, spread.Largest, spread.Mean).ShouldBe((0, 5, 50, 95, 100, 50.0));
        spread.Picture.Length.ShouldBe(24);
        spread.Picture.ShouldContain('█');
        Distribution.Of([7, 7]).Picture.ShouldBe("");
    }

    [Fact]
    public void ContactSheet_IsTheSameTwice_AndDiffersFromSeedToSeed()
    {
        byte[] Sheet(string seed) => ContactSheet.Draw(DataSource.Open(TinyJob, [$"seed={seed}", "data.augment.crop=resized"], _ => { })[0]).ToPng();

        Sheet("1").ShouldBe(Sheet("1"));
        Sheet("1").ShouldNotBe(Sheet("2"));
    }

    [Fact]
    public void ContactSheet_ACorruptSample_HasItsReasonInItsPlace()
    {
        Write("cat/a.jpg", []);
        Write("cat/b.jpg", Jpeg());

        ContactSheet.Draw(DataSource.Open($"imagefolder:{_directory.FullName}", [], _ => { })[0]).ToPng().Length.ShouldBeGreaterThan(1000);
    }

    [Theory]
    [InlineData("sheet.gif", "must end in .png")]
    [InlineData("/nowhere/sheet.png", "there is no directory '/nowhere'")]
    public void PictureFile_Mistakes_AreFoundBeforeTheWork(string path, string message) =>
        Should.Throw<UserErrorException>(() => new PictureFile("--contact-sheet", path)).Message.ShouldContain(message);

    [Fact]
    public async Task Verify_ACorruptFile_FailsWithExitCode1()
    {
        Write("cat/a.jpg", Jpeg());
        (await InceptionCommand.RunAsync(["data", "verify", $"imagefolder:{_directory.FullName}"])).ShouldBe(ExitCode.Ok);
        Write("cat/b.jpg", Jpeg()[..^40]);
        (await InceptionCommand.RunAsync(["data", "verify", $"imagefolder:{_directory.FullName}"])).ShouldBe(ExitCode.Failed);
        (await InceptionCommand.RunAsync(["data", "verify", "imagefolder:/nowhere"])).ShouldBe(ExitCode.UserError);
        (await InceptionCommand.RunAsync(["data", "verify", "synthetic:5", "--threads", "0"])).ShouldBe(ExitCode.UserError);
    }

    private static Inspection Inspect(DataSource source) =>
        Inspection.Of(source, HeaderScan.Read(source.Dataset, 2, new ScanProgress(), CancellationToken.None));

    private static byte[] Jpeg()
    {
        var pixels = new byte[24 * 16 * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i * 7);
        var file = new byte[Torch.ImageFile.JpegCapacity(24, 16)];
        return file[..Torch.ImageFile.EncodeJpeg(pixels, 24, 16, 90, file)];
    }

    /// <summary>Runs a script of Pillow, whose argument is the directory to write to.</summary>
    private void Make(string script)
    {
        var odd = Directory.CreateDirectory(Path.Combine(_directory.FullName, "odd"));
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script, odd.FullName]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"The script needs python3-pil: {errors}");
    }

    private void Write(string name, byte[] content)
    {
        var path = Path.Combine(_directory.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
