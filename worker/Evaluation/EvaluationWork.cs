using System.Collections.Concurrent;
using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Session;
using Inception.Distributed.Worker.Training;
using Microsoft.Extensions.Logging;
using TorchSharp;

namespace Inception.Distributed.Worker.Evaluation;

/// <summary>Evaluates checkpoints, one block of images after another, each as the coordinator orders it.</summary>
internal sealed class EvaluationWork(WorkerOptions options, IOutbox outbox, TrainingActivity activity, ILogger<EvaluationWork> log) : IWork, IDisposable
{
    private readonly BlockingCollection<CoordinatorMessage> _inbox = [];
    private CheckpointEvaluator? _evaluator;
    private Fingerprint? _fingerprint;
    private volatile bool _ended;

    public Standing Standing => new() { Fingerprint = Volatile.Read(ref _fingerprint) };

    public Heartbeat Beat() => new() { Activity = activity.ToString() };

    public void Deliver(CoordinatorMessage message)
    {
        if (message.MessageCase is CoordinatorMessage.MessageOneofCase.Finished or CoordinatorMessage.MessageOneofCase.Refused) _ended = true;
        _inbox.Add(message);
    }

    public void Close()
    {
        _ended = true;
        _inbox.CompleteAdding();
    }

    public void Run()
    {
        foreach (var message in _inbox.GetConsumingEnumerable())
        {
            switch (message.MessageCase)
            {
                case CoordinatorMessage.MessageOneofCase.Welcome:
                    Open(message.Welcome);
                    break;
                case CoordinatorMessage.MessageOneofCase.Order when message.Order.WhatCase == Order.WhatOneofCase.EvaluateBlock:
                    Evaluate(message.Order.EvaluateBlock.Index);
                    break;
                case CoordinatorMessage.MessageOneofCase.Finished or CoordinatorMessage.MessageOneofCase.Refused:
                    return;
                default:
                    throw new InvalidOperationException($"the coordinator sent '{message.MessageCase}', which is not due here");
            }
        }
    }

    public void Dispose()
    {
        _evaluator?.Dispose();
        _inbox.Dispose();
    }

    private void Open(Welcome welcome)
    {
        activity.Start("loading the checkpoints");
        var job = JobFile.Parse(welcome.JobYaml, "the coordinator's job");
        TorchRuntime.SetThreads(job.Workers.Threads);
        if (TorchRuntime.UsesReferenceBlas) log.ReferenceBlas(TorchRuntime.Versions.Blas);
        if (options.Device != "cpu") TorchRuntime.SetDeterministicCuda();
        var device = torch.device(options.Device);
        _evaluator = CheckpointEvaluator.Open(job, welcome.Evaluation, device, log);
        log.OpenedEvaluation(_evaluator.Models.Count, _evaluator.Images, _evaluator.BlockCount, TorchRuntime.Versions.ToString());
        Volatile.Write(ref _fingerprint, new Fingerprint
        {
            ValidationSamples = _evaluator.Data.Count,
            Properties =
            {
                FingerprintProbe.Platform(job, device),
                { "validation data", _evaluator.Data.Digest },
            },
        });
        outbox.Send(new WorkerMessage { Fingerprint = _fingerprint });
        activity.Wait("waiting for a block");
    }

    private void Evaluate(int index)
    {
        var evaluator = _evaluator ?? throw new InvalidOperationException("the coordinator gave an order before the job");
        activity.Set($"evaluating block {index}");
        if (evaluator.Evaluate(index, () => _ended) is not { } block) return;
        outbox.Send(new WorkerMessage { EvaluationReport = new EvaluationReport { Blocks = { block } } });
        activity.Wait("waiting for a block");
    }
}
