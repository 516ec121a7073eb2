using System.Text.Json.Nodes;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>
/// A provider's prompt cache, written apart from what foretells it: it keeps prompts as texts and compares them as such. It counts every block at
/// <paramref name="percent"/> of our guess, since nobody's guess is the provider's own count.
/// </summary>
internal sealed class ProviderCache(CachedModel model, int percent, TimeSpan brief, TimeSpan extended)
{
    private readonly List<(string[] Prefix, long Tokens, DateTimeOffset Until, TimeSpan Lifetime)> _kept = [];

    /// <summary>Serves a call and says what it read, wrote, and took in.</summary>
    public Usage Serve(ProviderApi api, string json, ModelProfile profile, DateTimeOffset now)
    {
        var request = Body.Read(api, json);
        var total = InputEstimator.Estimate(api, request, Body.Utf8(json), profile).Tokens;
        var blocks = request.Blocks.All.ToArray().OrderBy(block => block.Section).ToArray();
        var texts = blocks.Select(block => $"{block.Section} {block.Role} {Plain(json[block.Start..block.End])}").ToArray();
        var ends = new long[blocks.Length];
        for (var i = 0; i < blocks.Length; i++)
            ends[i] = (i == 0 ? 0 : ends[i - 1]) + blocks[i].Tokens;
        total = total * percent / 100;
        var lengths = ends.Select(end => end * percent / 100).ToArray();
        return model.Step > 1 ? ServeSteps(texts, lengths, total, now) : ServeMarked(request, blocks, texts, lengths, total, now);
    }

    private Usage ServeSteps(string[] texts, long[] lengths, long total, DateTimeOffset now)
    {
        var common = 0L;
        foreach (var kept in _kept.Where(kept => kept.Until > now))
        {
            var same = texts.Zip(kept.Prefix).TakeWhile(pair => pair.First == pair.Second).Count();
            // The whole earlier prompt, or the blocks that both have.
            common = Math.Max(common, same == kept.Prefix.Length ? kept.Tokens : same == 0 ? 0 : lengths[same - 1]);
        }

        var cached = common / model.Step * model.Step;
        if (total >= model.Least)
            _kept.Add((texts, total, now + brief, brief));
        return Usage.Inclusive(total, cached < model.Least ? 0 : cached, 0, 0, 10);
    }

    private Usage ServeMarked(ProviderRequest request, PromptBlock[] blocks, string[] texts, long[] lengths, long total, DateTimeOffset now)
    {
        var markers = blocks.Select(block => block.Marker).ToArray();
        if (markers[^1] == CacheWrite.None)
            markers[^1] = model.WritesUnasked ? CacheWrite.Short : request.Blocks.AtEnd;
        var hit = -1;
        for (var marker = 0; marker < markers.Length; marker++)
        {
            for (var at = marker; markers[marker] != CacheWrite.None && at >= Math.Max(0, marker - 20); at--)
            {
                if (_kept.Any(kept => kept.Until > now && kept.Prefix.SequenceEqual(texts.Take(at + 1))))
                    hit = Math.Max(hit, at);
            }
        }

        var (read, brief5, long60) = (hit < 0 ? 0 : lengths[hit], 0L, 0L);
        var reached = read;
        Renew(texts[..(hit + 1)], now);
        for (var at = hit + 1; at < markers.Length; at++)
        {
            if (markers[at] == CacheWrite.None || lengths[at] < model.Least)
                continue;
            if (markers[at] == CacheWrite.Long)
                long60 += lengths[at] - reached;
            else
                brief5 += lengths[at] - reached;
            reached = lengths[at];
            var lifetime = markers[at] == CacheWrite.Long ? extended : brief;
            _kept.Add((texts[..(at + 1)], lengths[at], now + lifetime, lifetime));
        }

        return Usage.Exclusive(total - reached, read, brief5, long60, 10);
    }

    private void Renew(string[] prefix, DateTimeOffset now)
    {
        for (var i = 0; i < _kept.Count; i++)
        {
            if (prefix.Length > 0 && _kept[i].Until > now && _kept[i].Prefix.SequenceEqual(prefix))
                _kept[i] = _kept[i] with { Until = now + _kept[i].Lifetime };
        }
    }

    private static string Plain(string json)
    {
        var node = JsonNode.Parse(json)!;
        if (node is JsonObject fields)
            fields.Remove("cache_control");
        return node.ToJsonString();
    }
}
