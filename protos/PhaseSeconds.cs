namespace Inception.Distributed.Protocol;

public sealed partial class PhaseSeconds
{
    public void Add(PhaseSeconds other)
    {
        Data += other.Data;
        Forward += other.Forward;
        Backward += other.Backward;
        Reduction += other.Reduction;
        Update += other.Update;
    }
}
