using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Seeds the default random generators, which belong to the process, not to a thread.</summary>
    public static void manual_seed(long seed) => Library.Check(ArithmeticMethods.inc_manual_seed(seed));
}
