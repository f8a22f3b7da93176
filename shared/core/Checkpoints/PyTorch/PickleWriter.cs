using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>Writes the pickle of a state dict as <c>torch.save</c> does: an OrderedDict of contiguous tensors, each with a storage of its own.</summary>
internal sealed class PickleWriter
{
    private readonly ArrayBufferWriter<byte> _output = new();

    /// <param name="tensors">The n-th lies in the storage n.</param>
    public static byte[] StateDict(IReadOnlyList<TensorEntry> tensors)
    {
        var writer = new PickleWriter();
        writer.Write(PickleOpcode.Proto, 2);
        writer.EmptyOrderedDict();
        writer.Write(PickleOpcode.Mark);
        for (var index = 0; index < tensors.Count; index++)
        {
            writer.Text(tensors[index].Name);
            writer.Tensor(tensors[index], index);
        }

        writer.Write(PickleOpcode.SetItems);
        writer.Write(PickleOpcode.Stop);
        return writer._output.WrittenSpan.ToArray();
    }

    private void Tensor(TensorEntry entry, int storage)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Write(PickleOpcode.Mark);
        Write(PickleOpcode.Mark);
        Text("storage");
        Global("torch", StorageOf(entry.Type));
        Text(storage.ToString(CultureInfo.InvariantCulture));
        Text("cpu");
        Number(entry.Elements);
        Write(PickleOpcode.Tuple);
        Write(PickleOpcode.BinPersId);
        Number(0);
        Numbers(entry.Shape);
        Numbers(RowMajorStrides(entry.Shape));
        Write(PickleOpcode.NewFalse);
        EmptyOrderedDict();
        Write(PickleOpcode.Tuple);
        Write(PickleOpcode.Reduce);
    }

    private void EmptyOrderedDict()
    {
        Global("collections", "OrderedDict");
        Write(PickleOpcode.EmptyTuple);
        Write(PickleOpcode.Reduce);
    }

    private void Global(string module, string name)
    {
        Write(PickleOpcode.Global);
        _output.Write(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
    }

    private void Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)utf8.Length);
        Write(PickleOpcode.BinUnicode);
        _output.Write(length);
        _output.Write(utf8);
    }

    private void Numbers(IReadOnlyList<long> numbers)
    {
        Write(PickleOpcode.Mark);
        foreach (var number in numbers)
        {
            Number(number);
        }

        Write(PickleOpcode.Tuple);
    }

    private void Number(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        Write(PickleOpcode.Long1, sizeof(long));
        _output.Write(bytes);
    }

    private void Write(PickleOpcode opcode) => _output.Write([(byte)opcode]);

    private void Write(PickleOpcode opcode, byte argument)
    {
        Write(opcode);
        _output.Write([argument]);
    }

    private static string StorageOf(TensorType type) => type switch
    {
        TensorType.F32 => "FloatStorage",
        TensorType.I64 => "LongStorage",
        _ => throw new NotSupportedException($"{type} is not written."),
    };

    private static long[] RowMajorStrides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        var stride = 1L;
        for (var axis = shape.Count - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }
}
