using Inception.Distributed.Reduction;
using Inception.Distributed.Worker.Collectives;

namespace Inception.Distributed.Worker.Tests.Collectives;

public class StartAgreementTests
{
    private static readonly ReductionTree Tree = new(6);
    private static readonly MemberStanding Nothing = new(MemberStanding.None, MemberStanding.None, []);

    [Fact]
    public void Of_NobodyHoldsAState_AllLoadTheStartingPoint()
    {
        var start = StartAgreement.Of([Nothing, Nothing], Tree);
        (start.Step, start.Source, start.Completing).ShouldBe((MemberStanding.None, -1, null));
        start.SourceOf(0).ShouldBeNull();
    }

    [Fact]
    public void Of_SurvivorsOneStepApart_TheFurthestIsTheSourceAndTheOthersTakeItsState()
    {
        var start = StartAgreement.Of([Holding(4), Holding(5), Nothing, Holding(5), Nothing], Tree);
        (start.Step, start.Source).ShouldBe((5, 1));
        Enumerable.Range(0, 5).Select(start.SourceOf).ShouldBe([1, null, 3, null, 1]);
        start.ReceiversOf(1).ShouldBe([0, 4]);
        start.ReceiversOf(3).ShouldBe([2]);
        start.ReceiversOf(0).ShouldBeEmpty();
    }

    [Fact]
    public void Of_NodesOfTheStepInFlight_AreKept_AndThoseOfAnyOtherAreNot()
    {
        var start = StartAgreement.Of(
            [Holding(5) with { HoldingsStep = 5, Nodes = [new TreeNode(0, 2)] }, Holding(4) with { HoldingsStep = 4, Nodes = [new TreeNode(2, 4)] }, Nothing],
            Tree);
        start.Completing!.KeptMicroBatches.ShouldBe(2);
        start.Completing.Shares[0].Kept.ShouldBe([new TreeNode(0, 2)]);
        StartAgreement.Of([Holding(6), Holding(5) with { HoldingsStep = 5, Nodes = [new TreeNode(0, 2)] }], Tree).Completing.ShouldBeNull();
    }

    [Fact]
    public void Exchange_OverTheGroup_GivesAllMembersTheSameList()
    {
        MemberStanding[] standings = [Holding(5) with { HoldingsStep = 5, Nodes = [new TreeNode(0, 1), new TreeNode(4, 6)] }, Nothing, Holding(1L << 40)];
        foreach (var received in RankThreads.Run(3, 6, group => MemberStanding.Exchange(group, standings[group.Rank], 6)))
        {
            received.Select(standing => (standing.HeldStep, standing.HoldingsStep)).ShouldBe(standings.Select(standing => (standing.HeldStep, standing.HoldingsStep)));
            received.Select(standing => standing.Nodes).ShouldBe(standings.Select(standing => standing.Nodes));
        }
    }

    private static MemberStanding Holding(long step) => Nothing with { HeldStep = step };
}
