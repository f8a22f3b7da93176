using System.Buffers.Binary;
using System.Text;

namespace Inception.Distributed.Checkpoints.PyTorch;

/// <summary>
/// Reads the pickle of a state dict (protocol 2, as <c>torch.save</c> writes it) into plain values. It executes nothing: it knows the
/// opcodes of <see cref="PickleOpcode"/> and the globals of <see cref="PickleGlobals"/>, and refuses all others by name. Work and memory
/// are bounded by the pickle's length. Format: CPython, Lib/pickletools.py.
/// </summary>
internal ref struct PickleReader
{
    private const byte Protocol = 2;

    private static readonly object MarkOnStack = new();

    private readonly ReadOnlySpan<byte> _pickle;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _position;
    private int _start;

    private PickleReader(ReadOnlySpan<byte> pickle) => _pickle = pickle;

    /// <returns>The pickle's one value; see <see cref="PickleDictionary"/> and its neighbours.</returns>
    /// <exception cref="PickleException">It is broken, or asks for what is not needed.</exception>
    public static object? Read(ReadOnlySpan<byte> pickle) => new PickleReader(pickle).Run();

    private object? Run()
    {
        while (true)
        {
            _start = _position;
            var opcode = Take(1)[0];
            if (opcode == (byte)PickleOpcode.Stop)
            {
                return _stack.Count == 1 && _position == _pickle.Length
                    ? Pop()
                    : throw Broken($"it ends with {_stack.Count} values and {_pickle.Length - _position} bytes left over");
            }

            Execute((PickleOpcode)opcode);
        }
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto: RequireProtocol(Take(1)[0]); break;
            case PickleOpcode.Mark: Push(MarkOnStack); break;
            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(true); break;
            case PickleOpcode.NewFalse: Push(false); break;
            case PickleOpcode.BinInt: Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case PickleOpcode.BinInt1: Push((long)Take(1)[0]); break;
            case PickleOpcode.BinInt2: Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case PickleOpcode.Long1: Push(Long(Take(Take(1)[0]))); break;
            case PickleOpcode.BinFloat: Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOpcode.BinUnicode: Push(Text(Take(Length()))); break;
            case PickleOpcode.EmptyTuple: Push(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple1: Push(PopTuple(1)); break;
            case PickleOpcode.Tuple2: Push(PopTuple(2)); break;
            case PickleOpcode.Tuple3: Push(PopTuple(3)); break;
            case PickleOpcode.Tuple: Push(PopToMark()); break;
            case PickleOpcode.EmptyList: Push(new List<object?>()); break;
            case PickleOpcode.Append: Append(PopTuple(1)); break;
            case PickleOpcode.Appends: Append(PopToMark()); break;
            case PickleOpcode.EmptyDict: Push(new PickleDictionary(isOrderedDict: false)); break;
            case PickleOpcode.SetItem: Set(PopTuple(2)); break;
            case PickleOpcode.SetItems: Set(PopToMark()); break;
            case PickleOpcode.BinGet: Recall(Take(1)[0]); break;
            case PickleOpcode.LongBinGet: Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case PickleOpcode.BinPut: _memo[Take(1)[0]] = Peek(); break;
            case PickleOpcode.LongBinPut: _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case PickleOpcode.Global: Push(Global(Line(), Line())); break;
            case PickleOpcode.BinPersId:
                Push(PickleGlobals.Storage(Pop()) ?? throw Broken("a reference to something that is no storage of torch.save"));
                break;
            case PickleOpcode.Reduce: Reduce(); break;
            case PickleOpcode.Build: Build(); break;
            default: throw Broken($"the opcode {RefusedOpcodes.NameOf((byte)opcode)} has no place in a state dict");
        }
    }

    private readonly void RequireProtocol(byte protocol)
    {
        if (protocol != Protocol || _start != 0)
        {
            throw Broken($"it is of protocol {protocol}; torch.save writes state dicts in protocol {Protocol}, announced once");
        }
    }

    private readonly object Global(string module, string name) =>
        PickleGlobals.Find(module, name)
        ?? throw Broken($"it asks for '{module}.{name}', which no state dict needs; nothing of the file has been run");

    private void Reduce()
    {
        var arguments = Pop();
        var function = Pop();
        if (function is not PickleGlobal known || arguments is not object?[] tuple)
        {
            throw Broken("REDUCE calls something that is no function of torch.save");
        }

        Push(PickleGlobals.Call(known, tuple) ?? throw Broken($"{known.Name} is called with other arguments than torch.save writes"));
    }

    // The one object with a state: an OrderedDict's attributes, which are version numbers of modules.
    private readonly void Build()
    {
        var state = Pop();
        if (Peek() is not PickleDictionary { IsOrderedDict: true } || state is not PickleDictionary attributes
            || attributes.Items.Any(attribute => attribute.Key is not "_metadata"))
        {
            throw Broken("BUILD sets the state of something that is no state dict");
        }
    }

    private readonly void Append(object?[] values)
    {
        if (Peek() is not List<object?> list)
        {
            throw Broken("something is appended to what is no list");
        }

        list.AddRange(values);
    }

    private readonly void Set(object?[] keysAndValues)
    {
        if (Peek() is not PickleDictionary dictionary || keysAndValues.Length % 2 != 0)
        {
            throw Broken("items are set in what is no dict, or a key has no value");
        }

        for (var index = 0; index < keysAndValues.Length; index += 2)
        {
            dictionary.Set(
                keysAndValues[index] is string or long ? keysAndValues[index]! : throw Broken("a dict's key is neither text nor number"),
                keysAndValues[index + 1]);
        }
    }

    private readonly void Recall(uint index) =>
        Push(_memo.TryGetValue(index, out var value) ? value : throw Broken($"value {index} is recalled, but was never stored"));

    private readonly void Push(object? value) => _stack.Add(value);

    private readonly object? Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly object? Peek() =>
        _stack.Count > 0 && _stack[^1] != MarkOnStack ? _stack[^1] : throw Broken("a value is taken where there is none");

    private readonly object?[] PopTuple(int count)
    {
        var values = new object?[count];
        for (var index = count - 1; index >= 0; index--)
        {
            values[index] = Pop();
        }

        return values;
    }

    private readonly object?[] PopToMark()
    {
        var mark = _stack.LastIndexOf(MarkOnStack);
        if (mark < 0)
        {
            throw Broken("there is no mark to go back to");
        }

        object?[] values = [.. _stack.Skip(mark + 1)];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _pickle.Length - _position)
        {
            throw Broken("it ends in the middle");
        }

        _position += count;
        return _pickle.Slice(_position - count, count);
    }

    private int Length()
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        return length <= int.MaxValue ? (int)length : throw Broken("a text is longer than the pickle");
    }

    private string Line()
    {
        var length = _pickle[_position..].IndexOf((byte)'\n');
        var line = length >= 0 ? Text(Take(length)) : throw Broken("a line has no end");
        Take(1);
        return line;
    }

    private readonly string Text(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw Broken("a text is not UTF-8");
        }
    }

    private readonly long Long(ReadOnlySpan<byte> twosComplement)
    {
        if (twosComplement.Length > sizeof(long))
        {
            throw Broken("a number has more than 64 bits");
        }

        var value = twosComplement.Length > 0 && (twosComplement[^1] & 0x80) != 0 ? -1L : 0L;
        for (var index = twosComplement.Length - 1; index >= 0; index--)
        {
            value = value << 8 | twosComplement[index];
        }

        return value;
    }

    private readonly PickleException Broken(string problem) => new(_start, problem);
}
