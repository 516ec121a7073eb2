using System.Buffers.Text;

namespace BudgetProxy.Core.Requests;

/// <summary>Lowers the output limit of a body in its bytes: the one place where what was asked for is changed.</summary>
public static class OutputLimitText
{
    /// <summary>A limit below so many output tokens is worth nothing; OpenAI's Responses API takes none below it either (API reference, 2026-08).</summary>
    public const long Least = 16;

    /// <summary>Anthropic takes no <c>budget_tokens</c> below (extended thinking page, 2026-08).</summary>
    private const long LeastThinking = 1024;

    private static ReadOnlySpan<byte> Comma => ","u8;

    /// <summary>The lowest limit that the request can be given: <see cref="Least"/>, and above what it must be allowed to think.</summary>
    public static long LeastOf(ProviderRequest request) =>
        request.LimitPlace is { Thinking.Length: > 0 } place ? Math.Min(place.ThinkingTokens, LeastThinking) + Least : Least;

    /// <summary>Makes this the request's limit: in what is priced, and as splices of its body. Calling it again replaces what was set before.</summary>
    /// <param name="limit">At least <see cref="LeastOf"/>, and below the limit that the body has.</param>
    public static void Set(ProviderRequest request, long limit)
    {
        var place = request.LimitPlace;
        request.OutputLimit = limit;
        request.LimitSplices.Clear();
        if (place.Value.Length > 0)
            request.LimitSplices.Add(Replaced(place.Value, limit));
        else
            request.LimitSplices.Add(new BodySplice(place.InsertAt, 0, Text(place.Field.Span, limit, Comma)));
        if (place.Same.Length > 0)
            request.LimitSplices.Add(Replaced(place.Same, limit));
        // What is thought is a part of the limit, and must stay below it.
        if (place.Thinking.Length > 0 && place.ThinkingTokens > limit - Least)
            request.LimitSplices.Add(Replaced(place.Thinking, limit - Least));
    }

    private static BodySplice Replaced(in ContentSpan value, long number) => new(value.Start, value.Length, Text([], number, []));

    private static byte[] Text(ReadOnlySpan<byte> before, long number, ReadOnlySpan<byte> after)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        return [.. before, .. digits[..length], .. after];
    }
}
