using Inception.Distributed.Coordinator.Output;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Coordinator.Tests.Output;

public sealed class SampleLedgerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly JsonLines _lines;
    private readonly SampleLedger _ledger;

    public SampleLedgerTests()
    {
        _lines = JsonLines.Append(_directory["samples.jsonl"]);
        _ledger = new SampleLedger(_lines, batch: 5);
    }

    private string[] Written => File.ReadAllLines(_directory["samples.jsonl"]);

    public void Dispose()
    {
        _lines.Dispose();
        _directory.Dispose();
    }

    private void Add(int rank, long step, params long[] samples) =>
        _ledger.Add(rank, new StepReport { Generation = 1, Step = step, SampleIds = { samples } });

    [Fact]
    public void Add_LineIsWrittenWithTheLastPart_InTheOrderOfTheRanks()
    {
        Add(2, 1, 50);
        Add(0, 1, 30, 10);
        Written.ShouldBeEmpty();
        Add(1, 1, 20, 40);

        Written.ShouldBe(["""{"step":1,"samples":[30,10,20,40,50]}"""]);
    }

    [Fact]
    public void Add_OneRankAhead_StepsStayInOrder()
    {
        Add(0, 1, 1, 2, 3);
        Add(0, 2, 6, 7, 8);
        Add(1, 1, 4, 5);
        Add(1, 2, 9, 0);

        Written.ShouldBe(["""{"step":1,"samples":[1,2,3,4,5]}""", """{"step":2,"samples":[6,7,8,9,0]}"""]);
    }
}
