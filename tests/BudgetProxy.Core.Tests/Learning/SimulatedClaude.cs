using System.Text;
using System.Text.Json;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Learning;

/// <summary>
/// A model whose tokenizer nobody has: its count is the stand-in's at a ratio that differs by script, drifts, and is a little different in every text.
/// It counts whole passages as they were written, and knows nothing of how the estimate tells scripts apart.
/// </summary>
internal sealed class SimulatedClaude
{
    /// <summary>As the rate card has the models from 4.7 on.</summary>
    public static readonly ModelProfile Profile = new() { Encoding = TokenEncoding.O200kBase, SafetyPercent = 180, ExpectedPercent = 155, MaxInput = 1_000_000 };

    private static readonly string[][] Words =
    [
        ["the", "of", "invoice", "customer", "was", "paid", "late", "because", "shipping", "department", "could", "not", "find", "an", "address", "yesterday", "morning", "please,", "quickly.", "However,"],
        ["if (x == 1)", "return", "foo(bar);", "{", "}", "\n    ", "=>", "var", "items[i]", "+= 2;", "// note", "\"key\": 12,", "async", "Task<int>", "&&", "null;"],
        ["我们", "的", "客户", "昨天", "没有", "收到", "发票", "，", "因为", "地址", "。", "运输", "部门", "非常", "重要"],
        ["счёт", "клиента", "был", "оплачен", "поздно,", "потому", "что", "отдел", "доставки", "не", "нашёл", "адрес."],
        ["😀", "🎉", "नमस्ते", "สวัสดี", "→", "✅", "👩‍👩‍👧"],
    ];

    private static readonly double[] Ratios = [1.52, 1.60, 1.72, 1.45, 1.30];

    private readonly Random _random;
    private readonly (string Text, int Tokens)[][] _passages;

    public SimulatedClaude(int seed)
    {
        _random = new Random(seed);
        _passages = [.. Words.Select(words => Enumerable.Range(0, 60).Select(_ => Passage(words)).ToArray())];
    }

    /// <summary>All ratios are multiplied by it.</summary>
    public double Level { get; set; } = 1;

    /// <summary>How much of the conversations each kind of passage is.</summary>
    public double[] Topics { get; set; } = [10, 5, 2, 1, 0.3];

    /// <summary>The estimate of the next call's input before anything is learned, and what it really comes to.</summary>
    public (InputEstimate Estimate, long Actual) Next()
    {
        var messages = 1 + _random.Next(6);
        var body = new StringBuilder("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[");
        double actual = 4 + 3 + messages * 3;
        for (var i = 0; i < messages; i++)
        {
            var kind = Kind();
            var (text, tokens) = _passages[kind][_random.Next(60)];
            body.Append(i > 0 ? "," : "").Append("{\"role\":\"user\",\"content\":").Append(JsonSerializer.Serialize(text)).Append('}');
            actual += tokens * Ratios[kind] * Level * (1 + Noise() * 0.02);
        }

        var json = body.Append("]}").ToString();
        var request = Body.Read(ProviderApi.AnthropicMessages, json);
        var estimate = InputEstimator.Estimate(ProviderApi.AnthropicMessages, request, Body.Utf8(json), Profile);
        return (estimate, (long)Math.Round(actual));
    }

    private int Kind()
    {
        var at = _random.NextDouble() * Topics.Sum();
        for (var kind = 0; kind < Topics.Length - 1; kind++)
        {
            at -= Topics[kind];
            if (at < 0)
                return kind;
        }

        return Topics.Length - 1;
    }

    // Near enough to a normal deviate.
    private double Noise() => Enumerable.Range(0, 12).Sum(_ => _random.NextDouble()) - 6;

    private (string Text, int Tokens) Passage(string[] words)
    {
        var text = new StringBuilder();
        for (var length = 40 + _random.Next(160); length > 0; length--)
            text.Append(words[_random.Next(words.Length)]).Append(words[0][0] < 0x3000 || _random.Next(6) == 0 ? " " : "");
        return (text.ToString(), TokenCounter.For(TokenEncoding.O200kBase).Count(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
