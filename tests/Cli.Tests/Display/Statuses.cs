using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Tests.Display;

internal static class Statuses
{
    public static RunStatus Training(long step, long totalSteps = 1000) => new()
    {
        JobName = "tiny",
        State = "training",
        Step = step,
        TotalSteps = totalSteps,
        Epoch = step / 100.0,
        TotalEpochs = totalSteps / 100.0,
        ImagesPerSecond = 812,
        SecondsLeft = 90,
        LastStep = step == 0 ? null : new StepReport { Step = step, Loss = 1.25, MainLoss = 1, AuxiliaryLoss = 0.625, LearningRate = 0.05 },
        PhasesTotal = new PhaseSeconds { Data = 1, Forward = 4, Backward = 12, Reduction = 2, Update = 1 },
    };

    public static RunStatus WithEvents(params string[] events)
    {
        var status = Training(1);
        status.Events.AddRange(events);
        return status;
    }
}
