using TorchSharp.Native;
using static TorchSharp.Native.FunctionalMethods;
using static TorchSharp.Native.Library;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>How the losses of a batch become one: not at all, their mean, their sum.</summary>
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false)
            {
                if (!inplace)
                    return Checked(inc_nn_relu(x, out var result), result);
                Check(inc_nn_relu_(x));
                return x;
            }

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                if (!inplace)
                    return Checked(inc_nn_dropout(input, p, training, out var result), result);
                Check(inc_nn_dropout_(input, p, training));
                return input;
            }

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) =>
                Checked(inc_nn_softmax(input, dim, Options.DType(dtype), out var result), result);

            public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) =>
                Checked(inc_nn_log_softmax(input, dim, Options.DType(dtype), out var result), result);

            /// <param name="input">Logits, N×K.</param>
            /// <param name="target">Classes, int64, N.</param>
            /// <param name="weight">Of each class, K; null: equal.</param>
            /// <param name="ignore_index">A class that does not count.</param>
            /// <param name="reduction">Over the batch.</param>
            /// <param name="label_smoothing">ε of (1 − ε)·δ(k, y) + ε/K.</param>
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                Checked(inc_nn_cross_entropy(input, target, weight, ignore_index, (int)reduction, label_smoothing, out var result), result);
        }
    }
}
