using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>A planned call as a request, and as the provider's script for it.</summary>
internal static partial class CallWire
{
    /// <summary>Dated ids, so that the model asked for is the model that serves, and one rate prices both books.</summary>
    public const string OpenAiModel = "gpt-4o-mini-2024-07-18";
    public const string AnthropicModel = "claude-haiku-4-5-20251001";

    public static HttpRequestMessage Request(PlannedCall call, string key)
    {
        var prompt = $"Call {call.Number:00000000}{string.Concat(Enumerable.Repeat(" and more", call.Words))}";
        var body = $$"""
            {"model":"{{(call.Anthropic ? AnthropicModel : OpenAiModel)}}","max_tokens":{{call.MaxTokens}},"stream":{{(call.Streamed ? "true" : "false")}},
             "messages":[{"role":"user","content":"{{prompt}}"}]}
            """;
        var request = new HttpRequestMessage(HttpMethod.Post, call.Anthropic ? Bodies.MessagesPath : Bodies.ChatPath) { Content = TestProxy.Json(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Add("anthropic-version", "2023-06-01");
        request.Headers.Add("X-BudgetProxy-User", call.User);
        request.Headers.Add("X-BudgetProxy-Project", call.Project);
        request.Headers.Add("X-BudgetProxy-Run", call.Run);
        return request;
    }

    /// <summary>The number of the call that a body is of.</summary>
    public static int NumberIn(ReadOnlyMemory<byte> body)
    {
        var match = NumberPattern().Match(Encoding.UTF8.GetString(body.Span));
        return match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    public static SimulatedAnswer Answer(PlannedCall call, SimulatedRequest request) => new()
    {
        OutputTokens = call.OutputTokens,
        CachedTokens = call.CachedTokens,
        Reported = call.Overruns ? Usage.Inclusive(request.InputTokens, 0, 0, 0, call.MaxTokens * 4L) : null,
        Status = call.Status,
        FirstByteDelay = call.FirstByteDelay,
        // Pieces of several tokens keep the machine free for more calls; but where an answer ends early they would hold tokens that are billed and
        // never sent. A caller's leaving takes its time to reach the provider, which should not make many more tokens meanwhile, however
        // busy the machine is.
        ChunkDelay = call.Leaves ? call.ChunkDelay + TimeSpan.FromMilliseconds(750) : call.ProviderBreaks ? call.ChunkDelay / 4 : call.ChunkDelay,
        ChunkBytes = call.Streamed && !EndsEarly(call) ? 1000 : 0,
        Abort = call.ProviderBreaks ? SimulatedAbort.InBody : SimulatedAbort.None,
        AbortAfterEvents = Math.Max(1, call.OutputTokens / 2),
    };

    private static bool EndsEarly(PlannedCall call) => call.Leaves || call.ProviderBreaks;

    [GeneratedRegex(@"Call (\d{8})")]
    private static partial Regex NumberPattern();
}
