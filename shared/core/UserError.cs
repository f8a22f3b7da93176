namespace Inception.Distributed;

/// <summary>One mistake of the user's: where it is (file:line:column, field or argument) and what to do about it.</summary>
public sealed record Problem(string Where, string Message);

/// <summary>Mistakes of the user's, all at once. The program prints them and ends with exit code 2, without a stack trace.</summary>
public sealed class UserErrorException(IReadOnlyList<Problem> problems)
    : Exception(string.Join(Environment.NewLine, problems.Select(problem => $"{problem.Where}: {problem.Message}")))
{
    public UserErrorException(string where, string message) : this([new Problem(where, message)]) { }

    public IReadOnlyList<Problem> Problems { get; } = problems;
}
