using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>Normalization across five neighbouring channels, as GoogLeNet had before batch normalization was found ("Going deeper with convolutions", figure 3).</summary>
public sealed class LocalResponseNorm() : nn.Module<Tensor, Tensor>(nameof(LocalResponseNorm)), ILayer
{
    public LayerKind Kind => LayerKind.LocalResponseNorm;

    public Window WindowOn(long height, long width) => Window.Square(1, stride: 1, padding: 0);

    public override Tensor forward(Tensor input) => nn.functional.local_response_norm(input, 5);
}
