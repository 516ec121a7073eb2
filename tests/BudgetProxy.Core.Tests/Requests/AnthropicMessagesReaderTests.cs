using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class AnthropicMessagesReaderTests
{
    [Fact]
    public void Reads_what_decides_the_price()
    {
        var request = Body.Claude("""
            "stream":true,"speed":"fast","inference_geo":"us","metadata":{"user_id":"u"},"thinking":{"type":"enabled","budget_tokens":50},"tool_choice":{"type":"any"},
            "service_tier":"auto","temperature":1
            """);
        Assert.Equal("claude-sonnet-5", request.Model);
        Assert.Equal(100, request.OutputLimit);
        Assert.True(request.Stream);
        Assert.Equal(ServiceTier.Fast, request.ServiceTier);
        Assert.True(request.Regional);
        Assert.Equal("u", request.User);
        Assert.True(request.HiddenReasoning);
        Assert.True(request.ToolForced);
    }

    [Fact]
    public void Takes_a_limit_of_zero() =>
        Assert.Equal(0, Body.Read(ProviderApi.AnthropicMessages, """{"model":"m","max_tokens":0,"messages":[]}""").OutputLimit);

    [Theory]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", false)]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"}", true)]
    [InlineData("\"thinking\":null", false)]
    public void Sees_hidden_reasoning(string fields, bool hidden) => Assert.Equal(hidden, Body.Claude(fields).HiddenReasoning);

    [Theory]
    [InlineData("\"inference_geo\":\"global\"", false)]
    [InlineData("\"inference_geo\":\"mars\"", true)]
    [InlineData("\"inference_geo\":null", false)]
    public void An_unknown_region_is_the_dearer_one(string fields, bool regional) => Assert.Equal(regional, Body.Claude(fields).Regional);

    [Theory]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\"}", CacheWrite.Short)]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}", CacheWrite.Long)]
    [InlineData("\"cache_control\":null", CacheWrite.None)]
    [InlineData("\"system\":[{\"type\":\"text\",\"text\":\"a\",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"5m\"}}]", CacheWrite.Short)]
    [InlineData("\"tools\":[{\"name\":\"a\",\"input_schema\":{},\"cache_control\":{\"ttl\":\"1h\"}}]", CacheWrite.Long)]
    [InlineData("\"tools\":[{\"name\":\"a\",\"input_schema\":{\"properties\":{\"cache_control\":{\"ttl\":\"1h\"}}}}]", CacheWrite.None)]
    [InlineData("\"cache_control\":{\"ttl\":\"1h\"},\"system\":[{\"type\":\"text\",\"text\":\"a\",\"cache_control\":{\"ttl\":\"5m\"}}]", CacheWrite.Long)]
    [InlineData("\"cache_control\":{\"ttl\":\"2h\"}", CacheWrite.Long)]
    public void Finds_the_dearest_cache_write(string fields, CacheWrite write) => Assert.Equal(write, Body.Claude(fields).CacheWrite);

    [Fact]
    public void Finds_a_cache_marker_on_a_nested_block() => Assert.Equal(
        CacheWrite.Long,
        Body.Read(ProviderApi.AnthropicMessages, Body.ClaudeOf("""
            [{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}}]}]
            """)).CacheWrite);

    [Theory]
    [InlineData("\"mcp_servers\":[{\"url\":\"x\"}]", "mcp_servers")]
    [InlineData("\"container\":\"c\"", "container")]
    [InlineData("\"container\":{}", "container")]
    [InlineData("\"fallbacks\":[{\"model\":\"m\"}]", "fallbacks")]
    [InlineData("\"context_management\":{\"edits\":[{\"type\":\"compact_20260112\"}]}", "context_management")]
    [InlineData("\"context_management\":{\"edits\":[{}]}", "context_management")]
    [InlineData("\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]", "tools[0]")]
    [InlineData("\"tools\":[{\"name\":\"x\",\"type\":\"code_execution_20250825\"}]", "tools[0]")]
    [InlineData("\"tools\":[{\"type\":\"advisor_20260301\",\"name\":\"x\"}]", "tools[0]")]
    [InlineData("\"tools\":[{\"type\":\"mcp_toolset\"}]", "tools[0]")]
    [InlineData("\"tools\":{}", "tools")]
    [InlineData("\"speed\":\"warp\"", "speed")]
    [InlineData("\"service_tier\":\"priority\"", "service_tier")]
    [InlineData("\"system\":5", "system")]
    [InlineData("\"metadata\":{\"user_id\":5}", "metadata.user_id")]
    [InlineData("\"thinking\":\"on\"", "thinking")]
    [InlineData("\"Tools\":[]", "Tools")]
    public void Refuses_and_names_the_field(string fields, string param) =>
        Assert.StartsWith(param, Body.RefuseClaude(fields).Param ?? "", StringComparison.Ordinal);

    [Theory]
    [InlineData("[{\"type\":\"document\",\"source\":{\"type\":\"url\",\"url\":\"https://x\"}}]", "messages[0].content[0].source")]
    [InlineData("[{\"source\":{\"file_id\":\"f\",\"type\":\"file\"},\"type\":\"document\"}]", "messages[0].content[0].source")]
    [InlineData("[{\"type\":\"container_upload\",\"file_id\":\"f\"}]", "messages[0].content[0].type")]
    [InlineData("[{\"type\":\"tool_result\",\"content\":[{\"type\":\"document\",\"source\":{\"type\":\"url\",\"url\":\"x\"}}]}]", "messages[0].content[0].content[0].source")]
    [InlineData("[{\"type\":\"web_fetch_tool_result\",\"content\":{\"content\":{\"type\":\"document\",\"source\":{\"type\":\"url\"}}}}]", "messages[0].content[0].content.content.source")]
    [InlineData("[\"text\"]", "messages[0].content[0]")]
    [InlineData("5", "messages[0].content")]
    public void Refuses_content_without_a_bound(string content, string param) =>
        Assert.Equal(param, Body.Refuse(ProviderApi.AnthropicMessages, Body.ClaudeOf(content)).Param);

    [Theory]
    [InlineData("""{"model":"m","messages":[]}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":null,"messages":[]}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":-1,"messages":[]}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":"5","messages":[]}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":5}""", "messages")]
    [InlineData("""{"max_tokens":5,"messages":[]}""", "model")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"tool","content":"a"}]}""", "messages[0].role")]
    public void Refuses_a_wrong_shape(string json, string param) => Assert.Equal(param, Body.Refuse(ProviderApi.AnthropicMessages, json).Param);

    [Fact]
    public void Marks_every_text_of_a_conversation()
    {
        const string Json = """
            {"max_tokens":5,"model":"m","system":[{"type":"text","text":"Sys"}],"messages":[
             {"role":"user","content":[{"text":"Look","type":"text"},{"source":{"data":"iVBORw0KGgoAAAANSUhEUgAAAyAAAAJYCAYAAAA=","media_type":"image/png","type":"base64"},"type":"image"},
               {"type":"image","source":{"type":"url","url":"https://x/y"}}]},
             {"role":"assistant","content":[{"type":"thinking","thinking":"Hmm","signature":"sig"},{"type":"tool_use","id":"t1","name":"f","input":{"a": [1]}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":false,"content":"42"},{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"Doc"}},
               {"type":"new_thing","odd":{"x":1}}]}]}
            """;
        var request = Body.Read(ProviderApi.AnthropicMessages, Json);
        Assert.Equal(
            [
                "Text:Sys", "Text:Look", "Text:Hmm", "Text:sig", "ToolCallId:t1", "ToolCall:f", "ToolInput:{\"a\": [1]}", "ToolCallId:t1", "Text:42", "Text:T",
                "Text:Doc", "OpaqueJson:{\"x\":1}",
            ],
            Body.Spans(request, Json));
        Assert.Equal([new ImageContent(800, 600, ImageDetail.Auto, InBody: true), new ImageContent(0, 0, ImageDetail.Auto)], request.Images);
        Assert.Equal(3, request.Messages);
        Assert.Equal(2, request.ToolCalls);
        Assert.Equal(5, request.ExtraParts);
        Assert.False(request.Unbounded);
    }

    [Theory]
    [InlineData("[{\"type\":\"document\",\"source\":{\"type\":\"base64\",\"media_type\":\"application/pdf\",\"data\":\"JVBERi0=\"}}]")]
    [InlineData("[{\"type\":\"document\",\"citations\":{\"enabled\":true},\"source\":{\"type\":\"text\",\"media_type\":\"text/plain\",\"data\":\"a\"}}]")]
    public void Some_documents_are_bounded_by_the_model_alone(string content) =>
        Assert.True(Body.Read(ProviderApi.AnthropicMessages, Body.ClaudeOf(content)).Unbounded);

    [Fact]
    public void Client_tools_have_their_published_size()
    {
        var request = Body.Claude("""
            "tools":[{"type":"bash_20250124","name":"bash"},{"type":"text_editor_20250728","name":"e"},{"type":"custom","name":"c","input_schema":{"type":"object"}}],
            "context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]},"mcp_servers":[]
            """);
        Assert.Equal(325 + 700, request.AllowanceTokens);
        Assert.Equal(3, request.Tools);
    }
}
