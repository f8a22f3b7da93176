using Inception.Distributed.Worker.Collectives;

namespace Inception.Distributed.Worker.Tests.Collectives;

public sealed class PairProofTests
{
    private static readonly byte[] Secret = Enumerable.Range(1, PairProof.Length).Select(k => (byte)k).ToArray();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Exchange_AllKnowTheSecret_AllGoOn(int ranks) => RankThreads.Run(ranks, 6, group =>
    {
        PairProof.Exchange(group, Secret);
        return true;
    }).ShouldAllBe(done => done);

    [Fact]
    public void Exchange_OneDoesNot_EveryoneElseNamesItAndNobodyGoesOn()
    {
        var said = RankThreads.Run(3, 6, group =>
        {
            var secret = group.Rank == 1 ? [.. Secret.Select(b => (byte)(b ^ 0x80))] : Secret;
            return Should.Throw<ProtocolViolationException>(() => PairProof.Exchange(group, secret)).Message;
        });

        said[0].ShouldBe("what is connected as rank 1 does not know the secret of generation 1; the connections are not used");
        said[2].ShouldBe(said[0]);
        said[1].ShouldContain("rank 0, 2");
    }

    [Fact]
    public void Exchange_WithoutASecret_IsRefused() =>
        RankThreads.Run(2, 6, group => Should.Throw<ProtocolViolationException>(() => PairProof.Exchange(group, [])).Message)
            .ShouldAllBe(message => message.StartsWith("the coordinator has given no secret"));

    [Fact]
    public void Proof_BindsEverything()
    {
        byte[] mine = new byte[32], theirs = [.. Enumerable.Repeat((byte)7, 32)];
        byte[][] proofs =
        [
            PairProof.Proof(Secret, 1, 0, 1, mine, theirs), PairProof.Proof(Secret, 2, 0, 1, mine, theirs), PairProof.Proof(Secret, 1, 1, 0, mine, theirs),
            PairProof.Proof(Secret, 1, 0, 2, mine, theirs), PairProof.Proof(Secret, 1, 0, 1, theirs, mine), PairProof.Proof(theirs, 1, 0, 1, mine, theirs),
        ];

        proofs.Select(Convert.ToHexString).Distinct().Count().ShouldBe(proofs.Length);
    }
}
