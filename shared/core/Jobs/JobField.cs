using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Inception.Distributed.Jobs;

/// <summary>
/// A field or a section of the job file, described once from <see cref="JobSpec"/>'s properties and their attributes.
/// Reader, writer, JSON schema, documentation and hashes all walk this tree.
/// </summary>
internal sealed class JobField
{
    private readonly PropertyInfo? _property;

    private JobField(PropertyInfo? property, Type type, object? defaultValue, JobField? parent)
    {
        _property = property;
        TakesSeveral = type == typeof(TrainingSources);
        Type = TakesSeveral ? typeof(SourceSpec) : Nullable.GetUnderlyingType(type) ?? type;
        Default = defaultValue;
        Name = property is null ? "" : JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Path = string.IsNullOrEmpty(parent?.Path) ? Name : $"{parent.Path}.{Name}";
        if (property is not null)
        {
            Attribute = property.GetCustomAttribute<FieldAttribute>()
                ?? throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} lacks its FieldAttribute");
            IsRequired = property.IsDefined(typeof(RequiredMemberAttribute));
            IsNullable = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        }
        ChangesResult = parent?.ChangesResult != false && Attribute.ChangesResult;
        Fields = IsSection ? FieldsOf(Type, this) : [];
    }

    public static JobField Root { get; } = new(null, typeof(JobSpec), null, null);

    /// <summary>As written in the file, camelCase; empty for the root.</summary>
    public string Name { get; }

    /// <summary>Dotted, e.g. <c>optimizer.learningRate</c>; empty for the root.</summary>
    public string Path { get; }

    /// <summary>Without <see cref="Nullable{T}"/>; of a section that there may be several of, one's.</summary>
    public Type Type { get; }

    public FieldAttribute Attribute { get; } = new("A training job.");

    /// <summary>What holds when the file doesn't give the field; of no meaning when it is required.</summary>
    public object? Default { get; }

    public bool IsRequired { get; }

    public bool IsNullable { get; }

    public bool IsSection => Type.IsClass && Type != typeof(string) && !IsList;

    /// <summary>A section, or a list of such sections; the value is a <see cref="TrainingSources"/>.</summary>
    public bool TakesSeveral { get; }

    /// <summary>A list of numbers, each within the field's bounds.</summary>
    public bool IsList => Type == typeof(NumberList);

    /// <summary>The names that the field takes, if it takes only a few.</summary>
    public IReadOnlyList<string>? Choices => Type.IsEnum ? EnumNames.Of(Type) : Attribute.Choices;

    public bool ChangesResult { get; }

    /// <summary>Of a section, in the order of declaration.</summary>
    public IReadOnlyList<JobField> Fields { get; }

    public JobField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);

    public object? Get(object section) => _property!.GetValue(section);

    public void Set(object section, object? value) => _property!.SetValue(section, value);

    /// <summary>The fields of this section and of those below it that hold a value themselves.</summary>
    public IEnumerable<JobField> Leaves() => IsSection ? Fields.SelectMany(field => field.Leaves()) : [this];

    /// <summary>What the field takes, for messages: "a whole number of pixels, at least 75".</summary>
    public string Allowed()
    {
        var kind = Type switch
        {
            _ when IsSection => (TakesSeveral ? "a section, or a list of sections," : "a section") + " with the fields " + string.Join(", ", Fields.Select(field => field.Name)),
            _ when Choices is { } names => "one of " + string.Join(", ", names),
            _ when Type == typeof(bool) => "true or false",
            _ when Type == typeof(string) => "a text",
            _ when IsList => "a list of numbers" + Unit() + Bounds(),
            _ when IsWhole => "a whole number" + Unit() + Bounds(),
            _ => "a number" + Unit() + Bounds(),
        };
        return IsNullable ? $"{kind}, or null" : kind;
    }

    public bool IsWhole => Type == typeof(int) || Type == typeof(long);

    public bool Allows(double value) =>
        value >= Attribute.Minimum && value > Attribute.Above && value <= Attribute.Maximum && value < Attribute.Below
        && (Type != typeof(int) || value is >= int.MinValue and <= int.MaxValue);

    private string Unit() => Attribute.Unit.Length == 0 ? "" : $" of {Attribute.Unit}";

    private string Bounds()
    {
        var low = double.IsFinite(Attribute.Minimum) ? $"at least {Text(Attribute.Minimum)}"
            : double.IsFinite(Attribute.Above) ? $"above {Text(Attribute.Above)}" : null;
        var high = double.IsFinite(Attribute.Maximum) ? $"at most {Text(Attribute.Maximum)}"
            : double.IsFinite(Attribute.Below) ? $"below {Text(Attribute.Below)}" : null;
        return (low, high) switch
        {
            (null, null) => "",
            (not null, not null) => $", {low} and {high}",
            _ => $", {low ?? high}",
        };
    }

    /// <summary>A value as job files spell it.</summary>
    public static string Text(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal),
        Enum member => EnumNames.Of(member),
        NumberList numbers => $"[{string.Join(", ", numbers.Select(number => Text(number)))}]",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    // Properties without a setter are computed, not fields of the file.
    private static JobField[] FieldsOf(Type section, JobField parent)
    {
        var defaults = Activator.CreateInstance(section)!;
        return [.. PropertiesOf(section)
            .Where(property => property.CanWrite)
            .Select(property => new JobField(property, property.PropertyType, property.GetValue(defaults), parent))];
    }

    // Those of a record that it extends come first.
    private static IEnumerable<PropertyInfo> PropertiesOf(Type section) => section == typeof(object) ? []
        : PropertiesOf(section.BaseType!).Concat(section.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).OrderBy(property => property.MetadataToken));
}
