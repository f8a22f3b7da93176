using Inception.Distributed.Cli.Commands;

namespace Inception.Distributed.Cli.Tests.Commands;

public class UsageErrorsTests
{
    [Theory]
    [InlineData("trian", "unknown command 'trian'; did you mean 'train'?")]
    [InlineData("", "a command is missing (known: train, ")]
    [InlineData("checkpoint", "a command is missing (known: ls, verify, prune, pin, unpin, import, export)")]
    [InlineData("job validat x", "unknown command 'validat'; did you mean 'validate'?")]
    [InlineData("train --worker 2 job.yaml", "unknown option '--worker'; did you mean '--workers'?")]
    [InlineData("train job.yaml --worker=2", "unknown option '--worker=2'; did you mean '--workers'?")]
    [InlineData("train --resum", "unknown option '--resum'; did you mean '--resume'?")]
    [InlineData("train job.yaml other.yaml", "unexpected argument 'other.yaml'")]
    [InlineData("train job.yaml --workers two", "'two' is not a whole number (option --workers)")]
    [InlineData("status --coordinator localhost", "'localhost' is not an address such as https://10.0.0.5:7400 (option --coordinator)")]
    [InlineData("train", "Required argument 'JOB.yaml' missing for command: 'train'.")]
    public void One_mistake_is_named_once(string line, string message) =>
        UsageErrors.In(InceptionCommand.Create().Parse(line)).ShouldHaveSingleItem().ShouldStartWith(message);

    [Theory]
    [InlineData("train job.yaml --workers 2 --set a.b=-1 --set c=2 --output dir --resume")]
    [InlineData("worker --coordinator http://10.0.0.5:7000 --devices all")]
    [InlineData("job validate job.yaml")]
    [InlineData("job validate job.yaml other.yaml --set a.b=1")]
    public void A_right_line_has_none(string line) => UsageErrors.In(InceptionCommand.Create().Parse(line)).ShouldBeEmpty();
}
