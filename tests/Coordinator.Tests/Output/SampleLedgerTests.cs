using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Coordinator.Tests.Output;

public sealed class SampleLedgerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly JsonLines _lines;
    private readonly SampleLedger _ledger;

    public SampleLedgerTests()
    {
        _lines = JsonLines.Append(_directory["samples.jsonl"]);
        _ledger = new SampleLedger(_lines, new BatchSpec { Global = 6, MicroBatches = 3 }, firstStep: 0);
    }

    private string[] Written => File.ReadAllLines(_directory["samples.jsonl"]);

    public void Dispose()
    {
        _lines.Dispose();
        _directory.Dispose();
    }

    private void Add(long step, int[] microBatches, params long[] samples) =>
        _ledger.Add(new StepReport { Step = step, MicroBatches = { microBatches }, SampleIds = { samples } });

    [Fact]
    public void Add_LineIsWrittenWithTheLastPart_InTheOrderOfTheMicroBatches()
    {
        Add(1, [1], 50, 60);
        Written.ShouldBeEmpty();
        Add(1, [0, 2], 30, 10, 20, 40);

        Written.ShouldBe(["""{"step":1,"samples":[30,10,50,60,20,40]}"""]);
    }

    [Fact]
    public void Add_OneRankAhead_StepsStayInOrder()
    {
        Add(1, [0, 1], 1, 2, 3, 4);
        Add(2, [0, 1, 2], 7, 8, 9, 0, 1, 2);
        Written.ShouldBeEmpty();
        Add(1, [2], 5, 6);

        Written.ShouldBe(["""{"step":1,"samples":[1,2,3,4,5,6]}""", """{"step":2,"samples":[7,8,9,0,1,2]}"""]);
    }

    [Fact]
    public void Add_ToldAgain_ChangesNothing()
    {
        Add(1, [0, 1, 2], 1, 2, 3, 4, 5, 6);
        Add(1, [0, 1, 2], 1, 2, 3, 4, 5, 6);
        Written.Length.ShouldBe(1);
    }

    [Fact]
    public void Stand_ARankWasLostBeforeItTold_ItsPartIsDerivedAndMarked()
    {
        var order = new SampleOrder(seed: 7, count: 11);
        Add(2, [1], 50, 60);
        _ledger.Stand(2, order);

        long[] first = [.. Enumerable.Range(0, 6).Select(position => order.At(position).Sample)];
        long[] second = [order.At(6).Sample, order.At(7).Sample, 50, 60, order.At(10).Sample, order.At(11).Sample];
        Written.ShouldBe([
            $$"""{"step":1,"samples":[{{string.Join(',', first)}}],"derived":[0,1,2]}""",
            $$"""{"step":2,"samples":[{{string.Join(',', second)}}],"derived":[0,2]}"""]);
    }

    [Fact]
    public void Lines_OfSeveralSources_NameEachSamplesOwn_ToldOrDerived()
    {
        var order = new SampleOrder(seed: 7, new SampleSources([new(11, 1), new(5, 2)]));
        _ledger.Add(new StepReport { Step = 1, MicroBatches = { 0, 2 }, SampleIds = { 3, 4, 1, 2 }, SampleSources = { 0, 1, 1, 0 } });
        _ledger.Stand(1, order);

        var (third, fourth) = (order.Sources.Locate(order.At(2).Sample), order.Sources.Locate(order.At(3).Sample));
        Written.ShouldBe([
            $$"""{"step":1,"samples":[3,4,{{third.Number}},{{fourth.Number}},1,2],"sources":[0,1,{{third.Source}},{{fourth.Source}},1,0],"derived":[1]}"""]);
    }

    [Fact]
    public void Stand_BehindTheFile_TheStepsComeAnew()
    {
        Add(1, [0, 1, 2], 1, 2, 3, 4, 5, 6);
        Add(2, [0, 1, 2], 7, 8, 9, 0, 1, 2);
        _ledger.Stand(1, new SampleOrder(7, 11));
        Written.Length.ShouldBe(1);
        _ledger.LastStep.ShouldBe(1);
    }
}
