using Inception.Distributed.Sampling;

namespace Inception.Distributed.Tests.Sampling;

public sealed class PassedOverTests
{
    private static readonly PassedOver[] Passed = [new(10, 3), new(10, 2), new(20, 1)];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9, 9)]
    [InlineData(10, 15)]
    [InlineData(19, 24)]
    [InlineData(20, 26)]
    public void StreamStep_GoesOnBehindWhatWasPassedOver(long step, long position) => PassedOver.StreamStep(Passed, step).ShouldBe(position);

    [Fact]
    public void Before_CountsTheWindowsRightBeforeTheStep()
    {
        PassedOver.Before(Passed, 10).ShouldBe(5);
        PassedOver.Before(Passed, 11).ShouldBe(0);
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public void AreAlikeUpTo_WhatLiesAheadDoesNotCount(long step, bool alike) => PassedOver.AreAlikeUpTo(step, Passed, Passed[..2]).ShouldBe(alike);
}
