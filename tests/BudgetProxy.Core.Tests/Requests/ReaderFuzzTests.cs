using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class ReaderFuzzTests
{
    private static readonly (ProviderApi Api, string Json)[] Seeds =
    [
        (ProviderApi.OpenAiChat, """
            {"model":"gpt-4o","stream":true,"stream_options":{"include_usage":false},"n":2,"max_tokens":1e3,"messages":[{"role":"system","content":"Sys \u00e9 \ud83d\ude00"},
            {"role":"user","name":"bob","content":[{"type":"text","text":"日本 \"q\" \\"},{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQABAAAA","detail":"high"}}]},
            {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"7"}],
            "tools":[{"type":"function","function":{"name":"f","description":"d.","parameters":{"type":"object","properties":{"p":{"type":"string","description":"x","enum":["a","b"]}}}}}],
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}},"prediction":{"content":"abc"},"user":"u","tool_choice":{"type":"function"}}
            """),
        (ProviderApi.OpenAiEmbeddings, """{"model":"text-embedding-3-small","input":["a\u0000b",  "çµ",""],"user":"u","x":[1,-2.5e3,null,true]}"""),
        (ProviderApi.OpenAiEmbeddings, """{"model":"text-embedding-3-small","input":[[1,2,3],[4]]}"""),
        (ProviderApi.OpenAiCompletions, """{"model":"m","prompt":["a\u0000b","c"],"suffix":"d","best_of":3,"n":2,"max_tokens":5,"stream":true,"logit_bias":{"1":2},"user":"u","x":[1]}"""),
        (ProviderApi.OpenAiResponses, """
            {"model":"gpt-4o","instructions":"Sys \u00e9","stream":true,"max_output_tokens":64,"text":{"format":{"type":"json_schema","name":"n","schema":{}}},"reasoning":{"effort":"low"},
            "input":[{"role":"user","content":[{"type":"input_text","text":"日本"},{"type":"input_image","image_url":"data:image/gif;base64,R0lGODlhAQABAAAA","detail":"low"}]},
            {"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"s"}],"encrypted_content":"gAAA"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"c","output":"7"}],"tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{"p":{"enum":["a"]}}}}],"tool_choice":"required"}
            """),
        (ProviderApi.AnthropicMessages, """
            {"model":"claude-opus-5","max_tokens":64,"system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral","ttl":"1h"}}],"metadata":{"user_id":"u"},
            "tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"p":{"enum":["a"]}}}},{"type":"bash_20250124","name":"bash"}],"thinking":{"type":"enabled"},
            "messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAyAAAAJYCAYAAAA="}},
            {"type":"document","source":{"type":"text","data":"D"}},{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"r"}]}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"a":{"b":[1]}}}]}]}
            """),
    ];

    private static readonly byte[] Splinters = "{}[]\",:\\u0truefalsenull-1.5e9 \n\0\xFF\xC3"u8.ToArray();

    [Fact]
    public void A_damaged_body_is_refused_or_counted_and_never_throws()
    {
        var random = new Random(20261121);
        var request = new ProviderRequest();
        var (read, refused) = (0, 0);
        for (var i = 0; i < 16_000; i++)
        {
            var (api, json) = Seeds[i % Seeds.Length];
            var body = Damage(Body.Utf8(json), random);
            if (!RequestReader.TryRead(api, body, request, out var error))
            {
                Assert.NotEmpty(error.Message);
                refused++;
                continue;
            }

            read++;
            Assert.NotEmpty(request.Model);
            Assert.InRange(request.Choices, 1, OpenAiChatReader.MaxChoices);
            Assert.All(request.Content, span => Assert.InRange(span.Start + span.Length, 0, body.Length));
            var estimate = InputEstimator.Estimate(api, request, body, new ModelProfile { ExactEncoding = (i & 1) == 0, SafetyPercent = (i & 1) == 0 ? 100 : 180 });
            Assert.InRange(estimate.Tokens, 0, estimate.Bound);
        }

        Assert.True(read > 1_000 && refused > 1_000, $"{read} read, {refused} refused: the damage is too small or too great to test both.");
    }

    private static byte[] Damage(byte[] body, Random random)
    {
        var damaged = body.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(5))
            {
                case 0:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged[at] = Splinters[random.Next(Splinters.Length)];
                    break;
                case 2:
                    damaged.Insert(at, Splinters[random.Next(Splinters.Length)]);
                    break;
                case 3:
                    damaged.RemoveRange(at, Math.Min(random.Next(1, 20), damaged.Count - at));
                    break;
                default:
                    damaged.InsertRange(random.Next(damaged.Count), damaged.GetRange(at, Math.Min(random.Next(1, 60), damaged.Count - at)));
                    break;
            }

            if (damaged.Count == 0)
                return [];
        }

        return [.. damaged];
    }
}
