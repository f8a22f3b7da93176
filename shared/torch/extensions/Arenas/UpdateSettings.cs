using System.Runtime.InteropServices;

namespace Inception.Distributed.Torch;

/// <summary>A consecutive range of an arena, in elements, with its own weight decay (0 for biases and BatchNorm).</summary>
/// <param name="Length">In elements.</param>
/// <param name="WeightDecay">0 for none.</param>
/// <param name="Adaptive">LARS: the range is one tensor, whose own trust ratio multiplies the learning rate. Other updates don't look at it.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ArenaSegment(long Length, double WeightDecay, bool Adaptive = false);

/// <param name="LearningRate">Step size.</param>
/// <param name="Momentum">0 for none.</param>
/// <param name="Nesterov">Look ahead by the momentum.</param>
/// <param name="GradientScale">Multiplies each gradient as it is read: the mean over micro-batches and the clip factor in one.</param>
/// <param name="EmaDecay">average = EmaDecay · average + (1 − EmaDecay) · parameter, after the update.</param>
public readonly record struct SgdSettings(double LearningRate, double Momentum = 0, bool Nesterov = false, double GradientScale = 1, double EmaDecay = 0);

/// <param name="LearningRate">Step size.</param>
/// <param name="Decay">Of the average of squares (PyTorch's alpha).</param>
/// <param name="Epsilon">Keeps the root's denominator from zero.</param>
/// <param name="Momentum">0 for none.</param>
/// <param name="GradientScale">As in <see cref="SgdSettings"/>.</param>
/// <param name="EmaDecay">As in <see cref="SgdSettings"/>.</param>
public readonly record struct RmsPropSettings(double LearningRate, double Decay, double Epsilon, double Momentum = 0, double GradientScale = 1, double EmaDecay = 0);

/// <param name="LearningRate">Step size, before the trust ratio.</param>
/// <param name="TrustCoefficient">η of the trust ratio η·‖w‖ / (‖g‖ + weight decay · ‖w‖).</param>
/// <param name="Momentum">0 for none.</param>
/// <param name="Nesterov">Look ahead by the momentum.</param>
/// <param name="GradientScale">As in <see cref="SgdSettings"/>.</param>
/// <param name="EmaDecay">As in <see cref="SgdSettings"/>.</param>
public readonly record struct LarsSettings(
    double LearningRate, double TrustCoefficient = 1e-3, double Momentum = 0, bool Nesterov = false, double GradientScale = 1, double EmaDecay = 0);

/// <param name="LearningRate">Step size.</param>
/// <param name="Step">Number of this update, from 1, for the bias correction.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the corrected second moment.</param>
/// <param name="GradientScale">As in <see cref="SgdSettings"/>.</param>
/// <param name="EmaDecay">As in <see cref="SgdSettings"/>.</param>
public readonly record struct AdamWSettings(
    double LearningRate, long Step, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double GradientScale = 1, double EmaDecay = 0);
