using System.Reflection;
using System.Runtime.Serialization;
using System.Text.Json;

namespace Inception.Distributed.Jobs;

/// <summary>Spelling of enumerations in job files: kebab-case, unless <see cref="EnumMemberAttribute"/> says otherwise.</summary>
internal static class EnumNames
{
    public static IReadOnlyList<string> Of(Type type) => [.. Enum.GetValues(type).Cast<object>().Select(Of)];

    public static string Of(object value)
    {
        var member = value.ToString()!;
        return value.GetType().GetField(member)?.GetCustomAttribute<EnumMemberAttribute>()?.Value
            ?? JsonNamingPolicy.KebabCaseLower.ConvertName(member);
    }

    /// <summary>The value with that spelling, or null.</summary>
    public static object? Find(Type type, string name) => Enum.GetValues(type).Cast<object>().FirstOrDefault(value => Of(value) == name);
}
