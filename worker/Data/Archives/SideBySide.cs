namespace Inception.Distributed.Worker.Data.Archives;

/// <summary>Goes through independent parts on all cores.</summary>
internal static class SideBySide
{
    /// <exception cref="UserErrorException">All mistakes that the parts had, in the parts' order.</exception>
    public static void Run(int parts, Action<int> part)
    {
        var mistakes = new UserErrorException?[parts];
        Parallel.For(0, parts, number =>
        {
            try
            {
                part(number);
            }
            catch (UserErrorException mistake)
            {
                mistakes[number] = mistake;
            }
        });
        var problems = mistakes.OfType<UserErrorException>().SelectMany(mistake => mistake.Problems).ToList();
        if (problems.Count > 0) throw new UserErrorException(problems);
    }
}
