namespace TorchSharp.Modules;

/// <summary>A tensor that a module learns.</summary>
public sealed class Parameter : torch.Tensor
{
    /// <summary>Takes the tensor over: <paramref name="data"/> itself is no longer valid.</summary>
    public Parameter(torch.Tensor data, bool requires_grad = true) : base(TakeHandle(data)) => this.requires_grad = requires_grad;
}
