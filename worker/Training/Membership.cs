using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Reduction;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Collectives;

namespace Inception.Distributed.Worker.Training;

/// <summary>
/// This worker as a member of one generation after another. What a generation leaves behind when it breaks, the replica's state and the
/// finished part of the step in flight, goes over into the next. Training thread only, but for <see cref="HeldGeneration"/>.
/// </summary>
internal sealed class Membership(WorkerOptions options, Func<long, CancellationToken, IRendezvousStore> storeOfGeneration, TrainingActivity activity) : IDisposable
{
    private Workspace? _workspace;
    private CancellationTokenRegistration _abort;
    private CancellationToken _superseded;
    private StepRunner? _runner;
    private bool _isCompleting;
    private StepHoldings? _holdings;
    private long _heldGeneration;

    /// <summary>Null between generations.</summary>
    public WorkerGroup? Group { get; private set; }

    /// <summary>The newest generation in which this worker had the whole state; 0: it has none that counts. Any thread.</summary>
    public long HeldGeneration => Volatile.Read(ref _heldGeneration);

    /// <summary>Where the reduction is, for reports of a lost peer.</summary>
    public string Whereabouts => _runner?.Whereabouts ?? "before the first step";

    /// <summary>Connects to the other members and comes to the same state as they; blocks until all have.</summary>
    /// <param name="superseded">Ends the forming, and later the generation's transfers, at once.</param>
    public Formed Form(Workspace workspace, Assignment assignment, CancellationToken superseded)
    {
        Leave();
        (_workspace, _superseded) = (workspace, superseded);
        workspace.PassedOver = [.. assignment.PassedOver.Select(window => new Sampling.PassedOver(window.AtStep, window.Steps))];
        var group = Group = WorkerGroup.Form(
            assignment, storeOfGeneration(assignment.Generation, superseded), options.Device, GroupTimeouts.Of(workspace.Job.Workers), superseded);
        _abort = superseded.UnsafeRegister(static group => ((WorkerGroup)group!).Abort(), group);

        PairProof.Exchange(group, assignment.Secret.Span);
        var tree = new ReductionTree(workspace.Job.Batch.MicroBatches);
        var standings = MemberStanding.Exchange(group, Standing(assignment.Members[assignment.Rank].HoldsState), tree.Root.Length);
        var start = StartAgreement.Of(standings, tree);
        TakeState(group, start, assignment.Start);
        Volatile.Write(ref _heldGeneration, group.Generation);

        OpenRunner(start.Completing);
        return new Formed
        {
            Generation = group.Generation,
            Step = workspace.Replica.Arenas.Step,
            StateSha256 = workspace.Hash().State,
            SourceRank = start.Source,
            KeptMicroBatches = start.Completing?.KeptMicroBatches ?? 0,
        };
    }

    /// <inheritdoc cref="StepRunner.Run"/>
    public StepResult Step(StepWishes wishes)
    {
        var result = _runner!.Run(wishes, _superseded);
        if (_isCompleting) OpenRunner(completing: null);
        return result;
    }

    /// <summary>Ends the membership, and keeps what is good for the next one.</summary>
    public void Leave()
    {
        if (_runner?.Abandon() is { } holdings)
        {
            _holdings?.Dispose();
            _holdings = holdings;
        }

        _runner?.Dispose();
        _runner = null;
        _abort.Dispose();
        Group?.Dispose();
        Group = null;
    }

    public void Dispose()
    {
        Leave();
        _holdings?.Dispose();
    }

    private MemberStanding Standing(bool counts)
    {
        var none = new MemberStanding(MemberStanding.None, MemberStanding.None, []);
        if (!counts || !_workspace!.IsWhole) return none;
        var held = none with { HeldStep = _workspace.Replica.Arenas.Step };
        return _holdings is null
            ? held
            : held with { HoldingsStep = _holdings.Step, Nodes = [.. _holdings.Nodes.Select(node => node.Node)] };
    }

    private void TakeState(WorkerGroup group, StartAgreement start, StartingPoint otherwise)
    {
        if (start.Step == MemberStanding.None)
        {
            activity.Set($"loading the state of step {otherwise.Step}");
            _workspace!.GoTo(otherwise);
            return;
        }

        var source = start.SourceOf(group.Rank);
        var receivers = start.ReceiversOf(group.Rank);
        if (source is null && receivers.Count == 0) return;
        using var transfer = new StateTransfer(group, _workspace!.Replica.Arenas, start.Step);
        if (source is { } rank)
        {
            activity.Set($"taking the state of step {start.Step} from rank {rank}");
            Volatile.Write(ref _heldGeneration, 0);
            _workspace.Receive(transfer, rank);
        }
        else
        {
            activity.Set($"handing the state of step {start.Step} to {receivers.Count} members");
            transfer.Send(receivers);
        }
    }

    /// <param name="completing">For the step that is in flight; null: for all steps from here on.</param>
    private void OpenRunner(StepPlan? completing)
    {
        var workspace = _workspace!;
        var group = Group!;
        _runner?.Dispose();
        _runner = null;
        _isCompleting = completing is not null;
        var plan = completing ?? StepPlan.Of(group.Ranges);
        var share = plan.Shares[group.Rank];
        var kept = TakeHoldings(share);
        var data = _isCompleting ? workspace.OpenDataOfStep(share.MicroBatches) : workspace.OpenTrainingData(share.MicroBatches);
        _runner = new StepRunner(workspace.Replica, workspace.Plan, group, plan, data, kept, workspace.Corrupt, workspace.PassedOver, activity);
    }

    /// <summary>Those nodes of the holdings that the step plan keeps; the others are of no use to anybody.</summary>
    private StepHoldings? TakeHoldings(StepShare share)
    {
        var holdings = _holdings;
        _holdings = null;
        return holdings?.Keep(share.Kept);
    }
}
