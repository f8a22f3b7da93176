namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>
/// The globals that a state dict names, and what calling them means here. There are no others: a pickle can't reach any code.
/// </summary>
internal static class PickleGlobals
{
    private const string OrderedDict = "collections.OrderedDict";
    private const string RebuildTensor = "torch._utils._rebuild_tensor_v2";
    private const string RebuildParameter = "torch._utils._rebuild_parameter";

    private static readonly Dictionary<string, object> Known = new()
    {
        [OrderedDict] = new PickleGlobal(OrderedDict),
        [RebuildTensor] = new PickleGlobal(RebuildTensor),
        [RebuildParameter] = new PickleGlobal(RebuildParameter),
        ["torch.DoubleStorage"] = new PickleStorageType(TensorType.F64),
        ["torch.FloatStorage"] = new PickleStorageType(TensorType.F32),
        ["torch.HalfStorage"] = new PickleStorageType(TensorType.F16),
        ["torch.BFloat16Storage"] = new PickleStorageType(TensorType.BF16),
        ["torch.LongStorage"] = new PickleStorageType(TensorType.I64),
        ["torch.IntStorage"] = new PickleStorageType(TensorType.I32),
        ["torch.ShortStorage"] = new PickleStorageType(TensorType.I16),
        ["torch.CharStorage"] = new PickleStorageType(TensorType.I8),
        ["torch.ByteStorage"] = new PickleStorageType(TensorType.U8),
        ["torch.BoolStorage"] = new PickleStorageType(TensorType.BOOL),
    };

    /// <returns>Null for a name that no state dict needs.</returns>
    public static object? Find(string module, string name) => Known.GetValueOrDefault($"{module}.{name}");

    /// <summary>What <c>function(*arguments)</c> gives.</summary>
    /// <returns>Null when the arguments are none that <c>torch.save</c> writes.</returns>
    public static object? Call(PickleGlobal function, object?[] arguments) => (function.Name, arguments) switch
    {
        (OrderedDict, []) => new PickleDictionary(isOrderedDict: true),
        (RebuildTensor, [PickleStorage storage, long offset, object?[] shape, object?[] strides, bool, PickleDictionary, ..]) =>
            Tensor(storage, offset, shape, strides),
        (RebuildParameter, [PickleTensor data, bool, PickleDictionary]) => data,
        _ => null,
    };

    /// <summary>A storage from the tuple that stands for it.</summary>
    /// <returns>Null when it is another tuple than <c>torch.save</c> writes.</returns>
    public static PickleStorage? Storage(object? reference) =>
        reference is object?[] and ["storage", PickleStorageType type, string key, string, long elements] && elements >= 0
            ? new PickleStorage(key, type.Type, elements)
            : null;

    private static PickleTensor? Tensor(PickleStorage storage, long offset, object?[] shape, object?[] strides) =>
        shape.Length == strides.Length && shape.Concat(strides).All(number => number is long)
            ? new PickleTensor(storage, offset, [.. shape.Cast<long>()], [.. strides.Cast<long>()])
            : null;
}
