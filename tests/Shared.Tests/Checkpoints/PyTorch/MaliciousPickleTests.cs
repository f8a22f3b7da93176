using System.Diagnostics;
using System.Text;
using Inception.Distributed.Checkpoints;
using Inception.Distributed.Checkpoints.PyTorch;

namespace Inception.Distributed.Tests.Checkpoints.PyTorch;

/// <summary>
/// Files whose pickles run a command when Python reads them. Each is first shown to be live: Python's own pickle runs it. Then it is
/// refused here, with the name of what it asked for, and nothing has run.
/// </summary>
public sealed class MaliciousPickleTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryDirectory _directory = new();

    private string Marker => _directory["it-ran"];

    private string Command => $"touch {Marker}";

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string, string> Live => new()
    {
        { "REDUCE calls os.system", "os.system" },
        { "REDUCE calls builtins.eval", "builtins.eval" },
        { "REDUCE calls subprocess.getoutput through posix aliases", "subprocess.getoutput" },
        { "STACK_GLOBAL takes the name from the stack", "STACK_GLOBAL (0x93)" },
        { "INST calls what it names", "INST (0x69)" },
        { "OBJ calls what lies on the stack", "os.system" },
        { "NEWOBJ makes an object of a foreign class", "types.SimpleNamespace" },
        { "BUILD calls the __setstate__ that an earlier BUILD has set", "os.system" },
        { "nested in a state dict's attributes", "os.system" },
        { "nested in a tensor's hooks", "os.system" },
        { "a pickle within the pickle", "pickle.loads" },
        { "a value that is thrown away at once", "os.system" },
        { "the protocol is announced again as another", "it is of protocol 4" },
    };

    [Theory]
    [MemberData(nameof(Live))]
    public void Open_PickleThatRunsACommand_IsRefusedAndNothingRuns(string attack, string named)
    {
        var pickle = PickleOf(attack);
        PythonRuns(pickle).ShouldBeTrue("the attack works in Python, or this test shows nothing");
        File.Delete(Marker);

        var error = Should.Throw<TorchFileException>(() => TorchFile.Open(Pickles.Archive(_directory["bad.pth"], pickle)));

        error.Message.ShouldContain(named);
        File.Exists(Marker).ShouldBeFalse();
    }

    [Theory]
    [InlineData("torch.load"), InlineData("torch.storage._load_from_bytes"), InlineData("torch.jit._script.unpackage_script_module")]
    [InlineData("torch._utils._rebuild_qtensor"), InlineData("torch.nn.modules.linear.Linear"), InlineData("numpy.core.multiarray._reconstruct")]
    [InlineData("collections.defaultdict"), InlineData("__main__.Network"), InlineData("argparse.Namespace"), InlineData("torch.ComplexFloatStorage")]
    public void Open_GlobalThatNoStateDictNeeds_IsRefusedByName(string name)
    {
        var dot = name.LastIndexOf('.');
        var pickle = Pickles.Protocol2().Global(name[..dot], name[(dot + 1)..]).Op(")R.").Bytes;

        Should.Throw<TorchFileException>(() => TorchFile.Open(Pickles.Archive(_directory["bad.pth"], pickle))).Message.ShouldContain($"'{name}'");
    }

    [Fact]
    public void Open_EveryOtherOpcode_IsRefusedByName()
    {
        var known = Enum.GetValues<PickleOpcode>().Select(opcode => (byte)opcode).ToHashSet();
        for (var opcode = 0; opcode <= byte.MaxValue; opcode++)
        {
            if (known.Contains((byte)opcode)) continue;
            var pickle = Pickles.Protocol2().Raw((byte)opcode).Op("N.").Bytes;
            var error = Should.Throw<TorchFileException>(() => TorchFile.Open(Pickles.Archive(_directory["bad.pth"], pickle)), $"opcode 0x{opcode:x2}");
            error.Problem.ShouldContain($"0x{opcode:x2}");
            error.Problem.ShouldContain("byte 2");
        }
    }

    [Fact]
    public void WeightsFile_MaliciousFile_IsTheUsersError()
    {
        var path = Pickles.Archive(_directory["bad.pth"], PickleOf("REDUCE calls os.system"));

        var problem = Should.Throw<UserErrorException>(() => WeightsFile.Open(path)).Problems.Single();

        problem.Where.ShouldBe(path);
        problem.Message.ShouldBe("It is refused at byte 2 of the pickle: it asks for 'os.system', which no state dict needs; nothing of the file has been run.");
    }

    private byte[] PickleOf(string attack) => attack switch
    {
        "REDUCE calls os.system" => Pickles.Protocol2().Global("os", "system").Text(Command).Raw(0x85).Op("R.").Bytes,
        "REDUCE calls builtins.eval" => Pickles.Protocol2().Global("builtins", "eval").Text($"__import__('os').system('{Command}')").Raw(0x85).Op("R.").Bytes,
        "REDUCE calls subprocess.getoutput through posix aliases" => Pickles.Protocol2().Global("subprocess", "getoutput").Text(Command).Raw(0x85).Op("R.").Bytes,
        "STACK_GLOBAL takes the name from the stack" => Pickles.Protocol2().Text("os").Text("system").Raw(0x93).Text(Command).Raw(0x85).Op("R.").Bytes,
        "INST calls what it names" => Pickles.Protocol2().Op("(").Text(Command).Op("ios\nsystem\n.").Bytes,
        "OBJ calls what lies on the stack" => Pickles.Protocol2().Op("(").Global("os", "system").Text(Command).Op("o.").Bytes,
        "NEWOBJ makes an object of a foreign class" => SetState(Pickles.Protocol2().Global("types", "SimpleNamespace").Op(")").Raw(0x81)),
        "BUILD calls the __setstate__ that an earlier BUILD has set" => SetState(Pickles.Protocol2().Ordered()),
        "nested in a state dict's attributes" => Pickles.Protocol2().Ordered().Op("}").Text("_metadata").Global("os", "system").Text(Command).Raw(0x85).Op("Rsb.").Bytes,
        "nested in a tensor's hooks" => Pickles.Protocol2().Ordered().Op("(").Text("x").Op("((").Text("storage").Text("0").Op("t").Number(0)
            .Global("os", "system").Text(Command).Raw(0x85).Op("Rtu.").Bytes,
        "a pickle within the pickle" => Pickles.Protocol2().Global("pickle", "loads").Op("C").Raw((byte)Inner().Length).Raw(Inner()).Raw(0x85).Op("R.").Bytes,
        "a value that is thrown away at once" => Pickles.Protocol2().Ordered().Global("os", "system").Text(Command).Raw(0x85).Op("R0.").Bytes,
        "the protocol is announced again as another" => Pickles.Protocol2().Raw(0x80, 4).Global("os", "system").Text(Command).Raw(0x85).Op("R.").Bytes,
        _ => throw new ArgumentOutOfRangeException(nameof(attack), attack, "no such attack"),
    };

    private byte[] Inner() => Pickles.Protocol2().Global("os", "system").Text(Command).Raw(0x85).Op("R.").Bytes;

    private byte[] SetState(Pickles instance) =>
        instance.Op("}").Text("__setstate__").Global("os", "system").Op("sb").Text(Command).Op("b.").Bytes;

    private bool PythonRuns(byte[] pickle)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is needed to show that the attacks are live");
        File.WriteAllBytes(_directory["attack.pkl"], pickle);
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import pickle, sys; pickle.load(open(sys.argv[1], 'rb'))", _directory["attack.pkl"]])
        {
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return File.Exists(Marker);
    }
}
