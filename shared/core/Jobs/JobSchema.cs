using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Inception.Distributed.Jobs;

/// <summary>The job file's description, for editors and for people.</summary>
public static class JobSchema
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON Schema, draft 2020-12.</summary>
    public static string ToJson()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Inception.Distributed job",
        };
        Describe(JobField.Root, schema);
        return schema.ToJsonString(Readable);
    }

    /// <summary>docs/job-file.md.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder("""
            # The job file

            A job is one YAML document. `inception job validate JOB.yaml` checks it and reports every mistake at once;
            `inception job schema` prints its JSON schema for editors. `--set field=value`, with the field's dotted name, replaces a field of
            the file; the value is YAML.

            In the tables, **bold** fields must be given. *Changes the result*: the state after a given step depends on the field. A run
            resumes only from checkpoints of jobs that are alike in these fields; the others may change between a checkpoint and its
            resumption.

            This page is generated from the fields' descriptions in `shared/core/Jobs/`.

            """.ReplaceLineEndings("\n"));
        AppendSection(text, JobField.Root);
        return text.ToString();
    }

    private static void Describe(JobField field, JsonObject schema)
    {
        var unit = field.Attribute.Unit;
        schema["description"] = unit.Length == 0 ? field.Attribute.Description : $"{field.Attribute.Description} Unit: {unit}.";
        var type = field.IsSection ? "object" : field.Type == typeof(bool) ? "boolean"
            : field.Type.IsEnum || field.Type == typeof(string) ? "string" : field.IsWhole ? "integer" : "number";
        if (field.IsList)
        {
            DescribeList(field, schema);
            return;
        }
        schema["type"] = field.IsNullable ? new JsonArray(type, "null") : type;
        if (field.Choices is { } names) schema["enum"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]);
        AddBounds(field, schema);
        if (field.IsSection) DescribeFields(field, schema);
        if (field.TakesSeveral) DescribeSeveral(schema);
        if (!field.IsSection && !field.IsRequired)
            schema["default"] = JsonSerializer.SerializeToNode(field.Default is Enum member ? EnumNames.Of(member) : field.Default);
    }

    private static void DescribeList(JobField field, JsonObject schema)
    {
        var items = new JsonObject { ["type"] = "number" };
        AddBounds(field, items);
        schema["type"] = "array";
        schema["items"] = items;
        schema["default"] = JsonSerializer.SerializeToNode(field.Default);
    }

    // What is said of an object holds where it is one, and what is said of items where it is a list.
    private static void DescribeSeveral(JsonObject schema)
    {
        var one = new JsonObject { ["type"] = "object" };
        foreach (var keyword in new[] { "properties", "required", "additionalProperties" }) one[keyword] = schema[keyword]!.DeepClone();
        schema["type"] = new JsonArray("object", "array");
        schema["items"] = one;
        schema["minItems"] = 1;
    }

    private static void DescribeFields(JobField section, JsonObject schema)
    {
        var properties = new JsonObject();
        foreach (var field in section.Fields)
        {
            var property = new JsonObject { ["title"] = field.Path };
            Describe(field, property);
            properties[field.Name] = property;
        }
        schema["properties"] = properties;
        var required = section.Fields.Where(field => field.IsRequired).Select(field => JsonValue.Create(field.Name));
        schema["required"] = new JsonArray([.. required]);
        schema["additionalProperties"] = false;
    }

    private static void AddBounds(JobField field, JsonObject schema)
    {
        AddBound(schema, "minimum", field.Attribute.Minimum);
        AddBound(schema, "exclusiveMinimum", field.Attribute.Above);
        AddBound(schema, "maximum", field.Attribute.Maximum);
        AddBound(schema, "exclusiveMaximum", field.Attribute.Below);
    }

    private static void AddBound(JsonObject schema, string keyword, double bound)
    {
        if (double.IsFinite(bound)) schema[keyword] = bound;
    }

    private static void AppendSection(StringBuilder text, JobField section)
    {
        text.Append(section.Path.Length == 0 ? "\n## Top level\n\n" : $"\n## {section.Path}\n\n{section.Attribute.Description}\n\n");
        text.Append("| Field | Takes | Default | Changes the result | Meaning |\n|---|---|---|---|---|\n");
        foreach (var field in section.Fields)
        {
            var name = field.IsRequired ? $"**{field.Name}**" : field.Name;
            var takes = field.IsSection ? $"[section](#{Anchor(field.Path)}){(field.TakesSeveral ? " or list of them" : "")}" : Takes(field);
            var hasDefault = !field.IsRequired && (!field.IsSection || field.IsNullable);
            var value = hasDefault ? Code(JobField.Text(field.Default)) : "";
            var changes = field.IsSection ? "" : field.ChangesResult ? "yes" : "no";
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {takes} | {value} | {changes} | {field.Attribute.Description} |\n");
        }
        foreach (var field in section.Fields.Where(field => field.IsSection)) AppendSection(text, field);
    }

    private static string Takes(JobField field)
    {
        if (field.Choices is { } names) return string.Join(", ", names.Select(Code));
        var allowed = field.Allowed();
        return allowed.StartsWith("a ", StringComparison.Ordinal) ? allowed[2..] : allowed;
    }

    private static string Code(string value) => value.Length == 0 ? "empty" : $"`{value}`";

    // As the common Markdown renderers make a heading's anchor.
    private static string Anchor(string heading) => heading.Replace(".", "", StringComparison.Ordinal).ToLowerInvariant();
}
