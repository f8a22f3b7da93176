using System.Runtime.InteropServices;
using Inception.Distributed.Worker.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Tests.Training;

/// <summary>On the CPU, where a copy is finished when it has been started.</summary>
public class StagedCopyTests
{
    [Fact]
    public void Start_AgainAndAgain_CopiesThroughTheSameMemory()
    {
        var pinned = new List<Tensor>();
        using var copy = new StagedCopy([2, 3], float32, CPU, Pin);
        using var scope = NewDisposeScope();

        var first = copy.Start<float>([1, 2, 3, 4, 5, 6]);
        var second = copy.Start<float>([7, 8, 9, 10, 11, 12]);

        first.shape.ShouldBe([2L, 3L]);
        first.data<float>().ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        second.data<float>().ToArray().ShouldBe([7, 8, 9, 10, 11, 12]);
        MemoryMarshal.Cast<byte, float>(pinned.ShouldHaveSingleItem().bytes).ToArray().ShouldBe([7, 8, 9, 10, 11, 12]);

        Tensor Pin(Tensor tensor)
        {
            pinned.Add(tensor.clone());
            return pinned[^1];
        }
    }

    [Fact]
    public void Start_TooFewValues_IsRefused()
    {
        using var copy = new StagedCopy([4], int64, CPU, tensor => tensor.clone());
        Should.Throw<ArgumentException>(() => copy.Start<long>([1, 2, 3])).Message.ShouldContain("24 bytes for a copy of 32");
    }

    [Fact]
    public void Memory_TakenInsideAScope_OutlivesIt()
    {
        StagedCopy copy;
        using (NewDisposeScope()) copy = new StagedCopy([1], int64, CPU, tensor => tensor.clone());
        using (copy)
        using (var value = copy.Start<long>([5])) value.item<long>().ShouldBe(5);
    }
}
