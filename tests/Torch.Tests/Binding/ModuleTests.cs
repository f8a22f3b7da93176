using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Binding;

public class ModuleTests
{
    [Fact]
    public void StateDict_IsInPyTorchsOrder()
    {
        using var net = new Net();

        net.state_dict().Keys.ShouldBe(
        [
            "scale", "offset", "conv.weight",
            "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked",
            "fc.weight", "fc.bias",
        ]);
        net.named_parameters().Select(entry => entry.name).ShouldBe(["scale", "conv.weight", "bn.weight", "bn.bias", "fc.weight", "fc.bias"]);
    }

    [Fact]
    public void LoadStateDict_CopiesValues_AndNamesWhatDoesNotFit()
    {
        using var source = new Net();
        using var target = new Net();
        target.load_state_dict(source.state_dict());
        target.state_dict()["fc.weight"].data<float>().ToArray().ShouldBe(source.state_dict()["fc.weight"].data<float>().ToArray());

        var wrong = source.state_dict();
        wrong.Remove("fc.bias");
        wrong.Add("fc.bais", ones(3));
        Should.Throw<InvalidOperationException>(() => target.load_state_dict(wrong)).Message.ShouldBe("Missing: fc.bias. Unexpected: fc.bais.");
    }

    [Fact]
    public void Eval_ReachesEveryModule()
    {
        using var net = new Net();
        net.eval();
        net.modules().ShouldAllBe(module => !module.training);
        net.train();
        net.modules().ShouldAllBe(module => module.training);
    }

    [Fact]
    public void To_ConvertsParametersAndBuffers_ButNoCounters()
    {
        using var net = new Net().to(float64);

        net.parameters().ShouldAllBe(parameter => parameter.dtype == float64 && parameter.requires_grad && parameter.is_leaf);
        net.state_dict()["bn.running_var"].dtype.ShouldBe(float64);
        net.state_dict()["bn.num_batches_tracked"].dtype.ShouldBe(int64);
    }

    [Fact]
    public void BatchNorm_MomentumOne_WritesTheBatchsOwnStatistics()
    {
        using var norm = nn.BatchNorm2d(1, momentum: 1.0);
        using var input = tensor(new float[] { 1, 2, 3, 6 }, [2, 1, 1, 2]);

        norm.forward(input);

        norm.running_mean!.item<float>().ShouldBe(3);
        norm.running_var!.item<float>().ShouldBe(14f / 3, 1e-6f);
    }

    [Fact]
    public void BatchNorm_StatisticsInAnArena_AreWrittenThere()
    {
        using var arena = zeros(4);
        using var norm = nn.BatchNorm2d(1, momentum: 1.0);
        norm.running_mean = arena.narrow(0, 1, 1);
        norm.running_var = arena.narrow(0, 2, 1);

        norm.forward(tensor(new float[] { 1, 3 }, [2, 1, 1, 1]));

        arena.data<float>().ToArray().ShouldBe([0, 2, 2, 0]);
    }

    [Fact]
    public void ForwardHook_SeesEachCallUntilItIsRemoved_AndMayChangeTheOutput()
    {
        using var scope = NewDisposeScope();
        using var dropout = nn.Dropout(0);
        var seen = new List<Tensor>();
        var remover = dropout.register_forward_hook((module, input, output) =>
        {
            module.ShouldBeSameAs(dropout);
            seen.Add(input);
            return output + 1;
        });
        var x = zeros(1);

        dropout.call(x).item<float>().ShouldBe(1);
        remover.remove();
        dropout.call(x).item<float>().ShouldBe(0);

        seen.ShouldHaveSingleItem().ShouldBeSameAs(x);
    }

    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d _conv = nn.Conv2d(3, 4, 3, bias: false);
        private readonly BatchNorm2d _bn = nn.BatchNorm2d(4);
        private readonly Linear _fc = nn.Linear(4, 3);

        public Net() : base(nameof(Net))
        {
            register_parameter("scale", new Parameter(ones(1)));
            register_buffer("offset", zeros(1));
            register_module("conv", _conv);
            register_module("bn", _bn);
            register_module("fc", _fc);
        }

        public override Tensor forward(Tensor input) => _fc.forward(_bn.forward(_conv.forward(input)).mean([2, 3]));
    }
}
