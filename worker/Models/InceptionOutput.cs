using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>What a network of the family computes from N×3×H×W images.</summary>
/// <param name="Logits">N×classes.</param>
/// <param name="AuxiliaryLogits">N×classes, of the auxiliary head; null in evaluation and where there is no such head.</param>
public sealed record InceptionOutput(Tensor Logits, Tensor? AuxiliaryLogits);
