using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class UsageSpliceTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    [Theory]
    [InlineData("{\"model\":\"m\",\"stream\":true," + Messages + "}")]
    [InlineData(" \n{ \"model\":\"m\",\"stream\":true," + Messages + "}")]
    [InlineData("{\"model\":\"m\",\"stream\":true," + Messages + ",\"stream_options\":null}")]
    [InlineData("{\"stream_options\": {} ,\"model\":\"m\",\"stream\":true," + Messages + "}")]
    [InlineData("{\"stream_options\":{ },\"model\":\"m\"," + Messages + ",\"stream\":true}")]
    [InlineData("{\"stream_options\":{\"include_obfuscation\":false},\"model\":\"m\",\"stream\":true," + Messages + "}")]
    [InlineData("{\"stream_options\":{\"include_obfuscation\":{\"a\":[1,{}]},\"include_usage\": false },\"model\":\"m\",\"stream\":true," + Messages + "}")]
    [InlineData("{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":null,\"x\":1}," + Messages + "}")]
    [InlineData("{\"model\":\"m\",\"stream\":true,\"stream\\u005foptions\":{\"include\\u005fusage\":false}," + Messages + "}")]
    public void Makes_a_stream_report_its_usage_and_changes_nothing_else(string json)
    {
        var request = Body.Read(ProviderApi.OpenAiChat, json);
        Assert.False(request.UsageSplice.IsNone);
        var spliced = JsonNode.Parse(Apply(json, request.UsageSplice), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
        Assert.True(spliced["stream_options"]!["include_usage"]!.GetValue<bool>());

        var original = JsonNode.Parse(json)!.AsObject();
        (original["stream_options"] as JsonObject)?.Remove("include_usage");
        spliced["stream_options"]!.AsObject().Remove("include_usage");
        if (original["stream_options"] is null)
        {
            original.Remove("stream_options");
            spliced.Remove("stream_options");
        }

        Assert.True(JsonNode.DeepEquals(original, spliced));
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiChat, Apply(json, request.UsageSplice), new ProviderRequest(), out _));
    }

    [Theory]
    [InlineData("{\"model\":\"m\"," + Messages + "}")]
    [InlineData("{\"model\":\"m\",\"stream\":false," + Messages + "}")]
    [InlineData("{\"model\":\"m\",\"stream\":null," + Messages + "}")]
    [InlineData("{\"model\":\"m\",\"stream\":false,\"stream_options\":{}," + Messages + "}")]
    [InlineData("{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}," + Messages + "}")]
    public void Leaves_a_body_alone_that_needs_no_change(string json) => Assert.True(Body.Read(ProviderApi.OpenAiChat, json).UsageSplice.IsNone);

    [Fact]
    public void Is_never_made_for_Anthropic() => Assert.True(Body.Claude("\"stream\":true").UsageSplice.IsNone);

    private static byte[] Apply(string json, BodySplice splice)
    {
        var body = Body.Utf8(json);
        return [.. body[..splice.Start], .. splice.Inserted.Span, .. body[(splice.Start + splice.Removed)..]];
    }
}
