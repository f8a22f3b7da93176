using Inception.Distributed.Cli.Display;

namespace Inception.Distributed.Cli.Tests.Display;

public class RunNewsTests
{
    private readonly RunNews _news = new();

    [Fact]
    public void Each_event_is_news_once()
    {
        _news.In(Statuses.WithEvents("a", "b")).ShouldBe(["a", "b"]);
        _news.In(Statuses.WithEvents("a", "b")).ShouldBeEmpty();
        _news.In(Statuses.WithEvents("a", "b", "c")).ShouldBe(["c"]);
    }

    [Fact]
    public void Events_that_left_the_window_do_not_come_back()
    {
        _news.In(Statuses.WithEvents("a", "b", "c"));
        _news.In(Statuses.WithEvents("b", "c", "d")).ShouldBe(["d"]);
        _news.In(Statuses.WithEvents("x", "y", "z")).ShouldBe(["x", "y", "z"]);
    }

    [Fact]
    public void Why_a_run_failed_is_left_to_the_error_message()
    {
        var status = Statuses.WithEvents("Worker a has joined.", "Lost rank 1.");
        (status.State, status.Reason) = ("failed", "Lost rank 1.");

        _news.In(status).ShouldBe(["Worker a has joined."]);
    }

    [Fact]
    public void An_event_may_be_repeated()
    {
        _news.In(Statuses.WithEvents("a"));
        _news.In(Statuses.WithEvents("a", "a")).ShouldBe(["a"]);
    }
}
