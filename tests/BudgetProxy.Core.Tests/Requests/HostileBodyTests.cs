using System.Text;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class HostileBodyTests
{
    public static TheoryData<ProviderApi> Apis => [ProviderApi.OpenAiChat, ProviderApi.OpenAiEmbeddings, ProviderApi.OpenAiResponses, ProviderApi.OpenAiCompletions, ProviderApi.AnthropicMessages];

    private static string Valid(ProviderApi api, string more = "") => api switch
    {
        ProviderApi.OpenAiCompletions => "{\"model\":\"m\",\"prompt\":\"a\"" + more + "}",
        ProviderApi.OpenAiEmbeddings or ProviderApi.OpenAiResponses => "{\"model\":\"m\",\"input\":\"a\"" + more + "}",
        _ => "{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]" + more + "}",
    };

    [Theory]
    [MemberData(nameof(Apis))]
    public void Refuses_what_is_not_one_JSON_object(ProviderApi api)
    {
        var valid = Valid(api);
        Body.Read(api, valid);
        Body.Read(api, " \r\n\t" + valid + "\n ");
        string[] broken =
        [
            "", " ", "null", "[]", "\"x\"", "5", "{", "{}x", valid + "x", valid + "{}", valid + ",", "\uFEFF" + valid, "//c\n" + valid, valid + "/* c */",
            valid[..^1], valid.Replace(":", "=", StringComparison.Ordinal), valid.Replace('"', '\''), valid[..^1] + ",}", valid + "\0", "{\"model\":NaN}",
        ];
        foreach (var json in broken)
            Body.Refuse(api, json);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void Refuses_every_prefix_of_a_body(ProviderApi api)
    {
        var valid = Body.Utf8(Valid(api));
        for (var length = 0; length < valid.Length; length++)
            Body.Refuse(api, valid[..length]);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void Takes_64_levels_and_refuses_65(ProviderApi api)
    {
        static string Nested(int levels) => string.Concat(Enumerable.Repeat("[", levels)) + string.Concat(Enumerable.Repeat("]", levels));
        Body.Read(api, Valid(api, ",\"x\":" + Nested(63)));
        Body.Refuse(api, Valid(api, ",\"x\":" + Nested(64)));
        Body.Refuse(api, Valid(api, ",\"x\":" + string.Concat(Enumerable.Repeat("{\"a\":", 64)) + "1" + new string('}', 64)));
        Body.Refuse(api, Valid(api, ",\"x\":" + Nested(100_000)));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void Refuses_invalid_UTF8_wherever_it_stands(ProviderApi api)
    {
        byte[][] invalid = [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC0, 0x80], [0xE2, 0x82]];
        foreach (var bytes in invalid)
        {
            byte[] inValue = [.. Body.Utf8(Valid(api)[..^1] + ",\"unread\":\"a"), .. bytes, .. "\"}"u8];
            byte[] inKey = [.. Body.Utf8(Valid(api)[..^1] + ",\"a"), .. bytes, .. "\":1}"u8];
            Body.Refuse(api, inValue);
            Body.Refuse(api, inKey);
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void Half_a_surrogate_pair_never_throws(ProviderApi api)
    {
        Body.Refuse(api, Valid(api, ",\"\\ud800\":1"));
        Body.Refuse(api, Valid(api).Replace("\"m\"", "\"\\udfff\"", StringComparison.Ordinal));
        Body.Read(api, Valid(api, ",\"x\":\"\\ud83d\""));
        Body.Read(api, Valid(api).Replace("\"a\"", "\"\\ud83d\"", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void Finds_a_duplicate_key_at_any_depth_and_in_any_spelling(ProviderApi api)
    {
        string[] twice =
        [
            ",\"model\":\"m\"", ",\"mod\\u0065l\":\"n\"", ",\"\\u006d\\u006F\\u0064\\u0065\\u006c\":1", ",\"x\":{\"a\":1,\"a\":1}",
            ",\"x\":[{},{\"a\":1,\"b\":{\"a\":1},\"a\":2}]", ",\"x\":{\"\":1,\"\":2}", ",\"x\":{\"\\\\n\":1,\"\\u005cn\":2}", ",\"x\":{\"\\u00e9\":1,\"é\":2}",
            ",\"x\":{\"😀\":1,\"\\ud83d\\ude00\":2}", ",\"x\":[[[[{\"deep\":{\"a/b\":0,\"a\\/b\":0}}]]]]",
        ];
        foreach (var fields in twice)
            Assert.Contains("Duplicate key", Body.Refuse(api, Valid(api, fields)).Message, StringComparison.Ordinal);

        string[] once = [",\"x\":{\"a\":{\"a\":{\"a\":1}}}", ",\"x\":[{\"a\":1},{\"a\":1}]", ",\"x\":{\"a\\\\b\":1,\"a\\b\":2}", ",\"x\":{\"é\":1,\"e\\u0301\":2}"];
        foreach (var fields in once)
            Body.Read(api, Valid(api, fields));
    }

    [Fact]
    public void Finds_a_duplicate_in_the_parts_it_reads_too()
    {
        Assert.Equal("messages[0].role", Body.Refuse(ProviderApi.OpenAiChat, """{"model":"m","messages":[{"role":"user","role":"user"}]}""").Param);
        Body.Refuse(ProviderApi.OpenAiChat, Body.ChatOf("""[{"type":"text","text":"a","text":"b"}]"""));
        Body.Refuse(ProviderApi.AnthropicMessages, Body.ClaudeOf("""[{"type":"tool_use","id":"1","name":"n","input":{"a":{"b":1,"b":2}}}]"""));
        Body.RefuseChat("""  "tools":[{"type":"function","function":{"name":"a","parameters":{"properties":{"p":1,"p":2}}}}]""");
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(60_000)]
    public void Takes_many_keys(int keys)
    {
        var fields = new StringBuilder(",\"x\":{");
        for (var i = 0; i < keys; i++)
            fields.Append(i == 0 ? "" : ",").Append("\"key").Append(i).Append("\":0");
        Body.Read(ProviderApi.OpenAiChat, Valid(ProviderApi.OpenAiChat, fields.ToString() + "}"));
        Assert.Contains("Duplicate", Body.Refuse(ProviderApi.OpenAiChat, Valid(ProviderApi.OpenAiChat, fields.ToString() + ",\"key17\":0}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_million_keys_cost_no_more_memory_than_the_limit()
    {
        var fields = new StringBuilder(",\"x\":{");
        for (var i = 0; i < 1_000_000; i++)
            fields.Append(i == 0 ? "" : ",").Append("\"k").Append(i).Append("\":0");
        var body = Body.Utf8(Valid(ProviderApi.OpenAiChat, fields.Append('}').ToString()));
        var request = new ProviderRequest();
        RequestReader.TryRead(ProviderApi.OpenAiChat, body, request, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(RequestReader.TryRead(ProviderApi.OpenAiChat, body, request, out var error));
        Assert.Contains("Too many keys", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
    }

    [Fact]
    public void A_million_small_objects_need_no_room_for_their_keys()
    {
        var body = Body.Utf8(Valid(ProviderApi.OpenAiChat, ",\"x\":[" + string.Join(',', Enumerable.Repeat("{\"a\":0}", 300_000)) + "]"));
        var request = new ProviderRequest();
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiChat, body, request, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiChat, body, request, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Fact]
    public void An_error_tells_nothing_of_the_content()
    {
        const string Canary = "CANARY";
        string[] bodies =
        [
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"CANARY\"},\"CANARY\"]}]}",
            "{\"model\":\"m\",\"messages\":[],\"x\":{\"y\":{\"CANARY\":1,\"CANARY\":2}}}",
            "{\"model\":\"m\",\"messages\":[{\"role\":\"CANARY\"}]}",
            "{\"model\":\"m\",\"messages\":[\"CANARY\", CANARY]}",
            "{\"model\":\"m\",\"messages\":[\"CANARY",
        ];
        foreach (var json in bodies)
        {
            var error = Body.Refuse(ProviderApi.OpenAiChat, json);
            Assert.DoesNotContain(Canary, error.Message + error.Param, StringComparison.Ordinal);
        }
    }
}
