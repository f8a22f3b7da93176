using static TorchSharp.Native.Library;
using static TorchSharp.Native.TensorMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Describe().RequiresGrad != 0;
            set => Check(inc_tensor_set_requires_grad(this, value));
        }

        /// <summary>Null until <see cref="backward"/> has reached this leaf.</summary>
        public Tensor? grad
        {
            get => Checked(inc_tensor_grad(this, out var result), result);
            set => Check(inc_tensor_set_grad(this, value));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Adds the gradients of this tensor to the leaves that it was computed from.</summary>
        /// <param name="grad_tensors">None for a tensor with one element; otherwise one gradient of this tensor's shape.</param>
        /// <param name="retain_graph">Keep what a second call needs.</param>
        /// <param name="create_graph">Record the computation of the gradients themselves.</param>
        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false)
        {
            if (grad_tensors is { Count: not 1 })
                throw new ArgumentException($"One gradient is wanted, not {grad_tensors.Count}.", nameof(grad_tensors));
            Check(inc_tensor_backward(this, grad_tensors?[0], retain_graph || create_graph, create_graph));
        }
    }
}
