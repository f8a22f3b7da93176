using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>What a network of the family computes from N×3×H×W images.</summary>
/// <param name="Logits">N×classes.</param>
/// <param name="AuxiliaryLogits">N×classes of each auxiliary head, from the input on; none in evaluation and where there are no such heads.</param>
public sealed record InceptionOutput(Tensor Logits, IReadOnlyList<Tensor> AuxiliaryLogits);
