using Inception.Distributed.Cli.Launch;

namespace Inception.Distributed.Cli.Tests.Launch;

public class DeviceListTests
{
    [Theory]
    [InlineData("all", "cuda:0 cuda:1 cuda:2")]
    [InlineData("2", "cuda:0 cuda:1")]
    [InlineData("cuda:2,cuda:0", "cuda:2 cuda:0")]
    [InlineData("cpu,cpu", "cpu cpu")]
    public void Parse_GivesTheDevices(string text, string devices) => DeviceList.Parse(text, () => 3).ShouldBe(devices.Split(' '));

    [Theory]
    [InlineData("4", "--devices: 4 GPUs are asked for, and there are 3")]
    [InlineData("0", "--devices: '0' is no number of GPUs; give all, a number of GPUs, or a list such as cuda:0,cuda:2 or cpu,cpu")]
    [InlineData("al", "--devices: 'al' is no device; did you mean 'all'?; give all")]
    [InlineData("cuda", "--devices: 'cuda' is no device")]
    [InlineData("cuda:0,", "--devices: '' is no device")]
    [InlineData("cuda:1,cuda:1", "--devices: cuda:1 is named twice; a GPU has one worker")]
    public void Parse_Mistake_SaysWhatIsAllowed(string text, string message) =>
        Should.Throw<UserErrorException>(() => DeviceList.Parse(text, () => 3)).Message.ShouldStartWith(message);

    [Fact]
    public void Parse_All_WithoutAGpu_IsRefused() =>
        Should.Throw<UserErrorException>(() => DeviceList.Parse("all", () => 0)).Message.ShouldContain("there is no GPU here");

    [Fact]
    public void Parse_NamesAreTakenWithoutAskingTheLibrary() =>
        DeviceList.Parse("cuda:0,cuda:1", () => throw new InvalidOperationException("not needed")).Count.ShouldBe(2);
}
