using System.Text;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class PromptBlocksTests
{
    [Fact]
    public void A_message_a_tool_and_a_schema_are_blocks_at_openai() => Assert.Equal(
        [
            "Messages {\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]} Text:a Text:b",
            "Messages {\"content\":\"c\",\"role\":\"assistant\"} Text:c",
            "Tools {\"type\":\"function\",\"function\":{\"name\":\"f\"}} ToolSchema:{\"type\":\"function\",\"function\":{\"name\":\"f\"}}",
            "Schema {\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\"}} ResponseSchema:{\"name\":\"s\"}",
        ],
        Blocks(ProviderApi.OpenAiChat, """
            {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"content":"c","role":"assistant"}],
            "tools":[{"type":"function","function":{"name":"f"}}],"response_format":{"type":"json_schema","json_schema":{"name":"s"}}}
            """));

    [Fact]
    public void A_content_block_is_one_at_anthropic_and_knows_whose_it_is() => Assert.Equal(
        [
            "Messages \"a\" Text:a by u",
            "Messages {\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":[{\"type\":\"text\",\"text\":\"b\"}]} ToolCallId:t Text:b by a",
            "Messages {\"type\":\"text\",\"text\":\"c\"} Text:c by a",
            "System \"d\" Text:d",
            "Settings {\"type\":\"enabled\"}",
            "Tools {\"name\":\"f\",\"input_schema\":{}} ToolSchema:{\"name\":\"f\",\"input_schema\":{}}",
        ],
        Blocks(ProviderApi.AnthropicMessages, """
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"},
            {"content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"b"}]},{"type":"text","text":"c"}],"role":"assistant"}],
            "system":"d","thinking":{"type":"enabled"},"tools":[{"name":"f","input_schema":{}}]}
            """));

    [Theory]
    [InlineData("""[{"type":"text","text":"a","cache_control":{"ttl":"1h"}},{"type":"text","text":"b"}]""", "Long None None", CacheWrite.None)]
    [InlineData("""[{"type":"text","text":"a"},{"type":"tool_result","content":[{"type":"text","text":"a","cache_control":{}}]}]""", "None Short None", CacheWrite.None)]
    [InlineData("""[{"type":"text","text":"a"},{"type":"text","text":"b"}],"cache_control":{"type":"ephemeral"}""", "None None None", CacheWrite.Short)]
    public void A_marker_stands_on_its_block(string content, string markers, CacheWrite atEnd)
    {
        var request = Body.Read(
            ProviderApi.AnthropicMessages, "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"system\":" + content + "}");
        var marked = request.Blocks.All.ToArray().OrderBy(block => block.Section).Select(block => block.Marker);
        Assert.Equal(markers, string.Join(' ', marked));
        Assert.Equal(atEnd, request.Blocks.AtEnd);
    }

    [Fact]
    public void A_prompt_of_too_many_blocks_has_none()
    {
        string Messages(int count) => "{\"model\":\"m\",\"messages\":[" + string.Join(',', Enumerable.Repeat("{\"role\":\"user\",\"content\":[]}", count)) + "]}";
        Assert.Equal(PromptBlocks.Most, Body.Read(ProviderApi.OpenAiChat, Messages(PromptBlocks.Most)).Blocks.All.Length);
        Assert.Equal(0, Body.Read(ProviderApi.OpenAiChat, Messages(PromptBlocks.Most + 1)).Blocks.All.Length);
    }

    [Fact]
    public void Takes_what_else_decides_which_cache_is_asked()
    {
        var request = Body.Chat("\"prompt_cache_key\":\"k\",\"prompt_cache_retention\":\"24h\"");
        Assert.Equal(1, request.CacheKey.Length);
        Assert.True(request.KeepsCacheForDay);
        Assert.False(Body.Chat("\"prompt_cache_key\":null,\"prompt_cache_retention\":\"in_memory\"").KeepsCacheForDay);
    }

    private static string[] Blocks(ProviderApi api, string json)
    {
        var request = Body.Read(api, json);
        var spans = Body.Spans(request, json);
        var body = Body.Utf8(json);
        return
        [
            .. request.Blocks.All.ToArray().Select(block => string.Join(' ',
                [
                    $"{block.Section} {Encoding.UTF8.GetString(body[block.Start..block.End])}", .. spans[block.FirstSpan..block.EndSpan],
                    .. block.Role == 0 ? Array.Empty<string>() : [$"by {(char)block.Role}"],
                ])),
        ];
    }
}
