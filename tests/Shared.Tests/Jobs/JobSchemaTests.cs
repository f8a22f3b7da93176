using System.Text.Json.Nodes;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Tests.Jobs;

public sealed class JobSchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(JobSchema.ToJson())!.AsObject();

    [Fact]
    public void ToMarkdown_IsThePageInTheRepository()
    {
        var page = Path.Combine(Repository.Root, "docs", "job-file.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(page, JobSchema.ToMarkdown());

        File.ReadAllText(page).ShouldBe(JobSchema.ToMarkdown(), "docs/job-file.md is out of date: run these tests once with UPDATE_DOCS=1");
    }

    [Theory]
    [InlineData("/optimizer/learningRate", """{"type": "number", "exclusiveMinimum": 0}""")]
    [InlineData("/model/inputSize", """{"type": "integer", "minimum": 1, "maximum": 4096, "default": 299}""")]
    [InlineData("/model/name", """{"type": "string", "enum": ["googlenet", "googlenet-torchvision", "bn-inception", "inception-v2", "inception-v3"]}""")]
    [InlineData("/model/auxiliary/weights", """{"type": "array", "items": {"type": "number", "minimum": 0}, "default": []}""")]
    [InlineData("/model/stem", """{"type": "string", "enum": ["standard", "stride1", "stride1-no-pool"], "default": "standard"}""")]
    [InlineData("/model/batchNorm", """{"type": ["boolean", "null"], "default": null}""")]
    [InlineData("/loss/labelSmoothing", """{"type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0}""")]
    [InlineData("/optimizer/epsilon", """{"type": ["number", "null"], "exclusiveMinimum": 0, "default": null}""")]
    [InlineData("/data/train/format", """{"type": "string", "enum": ["idx", "imagefolder", "imagenet", "webdataset", "synthetic"]}""")]
    [InlineData("/precision", """{"type": "string", "enum": ["fp32", "bf16"], "default": "fp32"}""")]
    [InlineData("/schedule/milestones", """{"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}, "default": []}""")]
    [InlineData("/data/augment/flip", """{"type": "boolean", "default": true}""")]
    public void ToJson_Field_HasItsTypeBoundsAndDefault(string path, string expected)
    {
        var field = Property(path);
        field.Remove("title");
        field.Remove("description").ShouldBeTrue();

        JsonNode.DeepEquals(field, JsonNode.Parse(expected)).ShouldBeTrue(field.ToJsonString());
    }

    [Fact]
    public void ToJson_Sections_AreClosedAndNameWhatTheyRequire()
    {
        Schema["$schema"]!.GetValue<string>().ShouldBe("https://json-schema.org/draft/2020-12/schema");
        Required(Schema).ShouldBe(["name", "model", "data", "batch", "optimizer", "schedule"]);
        Schema["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();

        var validation = Property("/data/validation");
        validation["type"]!.ToJsonString().ShouldBe("""["object","null"]""");
        validation["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
        Required(validation).ShouldBe(["format"]);
    }

    private static IEnumerable<string> Required(JsonObject section) =>
        section["required"]!.AsArray().Select(name => name!.GetValue<string>());

    private static JsonObject Property(string path) =>
        path[1..].Split('/').Aggregate(Schema, (section, name) => section["properties"]![name]!.AsObject()).DeepClone().AsObject();
}
