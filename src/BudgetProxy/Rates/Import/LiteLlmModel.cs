using System.Globalization;
using System.Text.Json;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Rates.Import;

/// <summary>One model of LiteLLM's file. Its prices are USD per token, its tiers and thresholds stand in the names of its members.</summary>
internal static class LiteLlmModel
{
    public const string Source = "import: LiteLLM model_prices_and_context_window.json";

    private const string Sample = "sample_spec";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>What their names begin with. Longer ones first, for some begin like others.</summary>
    private static readonly (string Name, ChargeKind Kind)[] Bases =
    [
        ("cache_creation_input_token_cost", ChargeKind.CacheWriteShort),
        ("cache_read_input_token_cost", ChargeKind.CachedInput),
        ("output_cost_per_audio_token", ChargeKind.AudioOutput),
        ("input_cost_per_audio_token", ChargeKind.AudioInput),
        ("input_cost_per_image_token", ChargeKind.ImageInput),
        ("output_cost_per_image_token", ChargeKind.ImageOutput),
        ("output_cost_per_token", ChargeKind.Output),
        ("input_cost_per_token", ChargeKind.Input),
    ];

    private static readonly Dictionary<string, Provider> Providers = new(StringComparer.Ordinal)
    {
        ["openai"] = Provider.OpenAi,
        ["text-completion-openai"] = Provider.OpenAi,
        ["anthropic"] = Provider.Anthropic,
        ["azure"] = Provider.Azure,
        ["azure_text"] = Provider.Azure,
        ["bedrock"] = Provider.Bedrock,
        ["bedrock_converse"] = Provider.Bedrock,
        ["vertex_ai"] = Provider.Vertex,
        ["ollama"] = Provider.Ollama,
        ["ollama_chat"] = Provider.Ollama,
    };

    /// <summary>What is billed by the token.</summary>
    private static readonly string[] Modes = ["chat", "completion", "responses", "embedding"];

    public static ImportedModel Read(int line, string name, ReadOnlyMemory<byte> value)
    {
        var model = new ImportedModel { Line = line, Name = name, LimitsOfNewOnly = true, Source = Source };
        if (name == Sample)
        {
            model.Skipped = "the file's own description of its members";
            return model;
        }

        try
        {
            using var json = JsonDocument.Parse(value, Options);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                Fill(model, json.RootElement);
            else
                model.Problem = "is no JSON object.";
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            model.Problem = $"can't be read: {broken.Message}";
        }

        return model;
    }

    private static void Fill(ImportedModel model, JsonElement json)
    {
        var provider = Text(json, "litellm_provider");
        if (provider is null)
        {
            model.Problem = "litellm_provider is missing.";
            return;
        }

        if (!Providers.TryGetValue(provider.StartsWith("vertex_ai-", StringComparison.Ordinal) ? "vertex_ai" : provider, out var served))
        {
            model.Skipped = $"provider {provider} is not served";
            return;
        }

        model.Provider = served;
        model.Model = IdOf(model.Name, provider, served);
        model.Mode = Text(json, "mode");
        if (model.Mode is { } mode && !Modes.Contains(mode, StringComparer.Ordinal))
            model.Skipped = $"mode {mode} is not billed by the token";
        else if (!json.TryGetProperty("input_cost_per_token", out var plain) || plain.ValueKind == JsonValueKind.Null)
            model.Skipped = "has no input_cost_per_token";
        else
            ReadMembers(model, json);
    }

    /// <summary>Without the prefix that only LiteLLM's own callers give.</summary>
    private static string IdOf(string name, string provider, Provider served)
    {
        foreach (var prefix in new[] { provider, served.Name(), served == Provider.Vertex ? "vertex_ai" : served.Name() })
        {
            if (name.StartsWith(prefix + "/", StringComparison.Ordinal))
                return name[(prefix.Length + 1)..];
        }

        return name;
    }

    private static void ReadMembers(ImportedModel model, JsonElement json)
    {
        foreach (var member in json.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
                continue;
            switch (member.Name)
            {
                case "max_input_tokens":
                    model.MaxInput = Tokens(member.Value);
                    break;
                case "max_output_tokens":
                    model.MaxOutput = Tokens(member.Value);
                    break;
                case "supports_reasoning":
                    model.Reasoning = member.Value.ValueKind == JsonValueKind.True;
                    break;
                case "tiered_pricing" or "off_peak_pricing":
                    model.Skipped = $"has {member.Name}, which no row can say";
                    break;
                case "provider_specific_entry":
                    ReadSpecific(model, member.Value);
                    break;
                case "search_context_cost_per_query":
                    ReadSearch(model, member.Value);
                    break;
                case var name when name.Contains("multiplier", StringComparison.Ordinal):
                    model.Notes.Add($"{name} is passed over");
                    break;
                case var name when name.Contains("cost", StringComparison.Ordinal):
                    ReadPrice(model, name, member.Value);
                    break;
            }
        }

        if (json.TryGetProperty("output_cost_per_reasoning_token", out var reasoning) && json.TryGetProperty("output_cost_per_token", out var output)
            && Read(reasoning) is { } apart && Read(output) is { } plain && apart != plain)
            model.Skipped = "reasoning tokens have a price of their own, which no row can say";
    }

    private static void ReadPrice(ImportedModel model, string name, JsonElement value)
    {
        if (KeyOf(name, out var threshold) is not { } key)
        {
            // Compared with the price of output once all members are read.
            if (name != "output_cost_per_reasoning_token" && Read(value) != 0)
                model.Notes.Add($"{name} is passed over");
            return;
        }

        if (threshold is not null && model.Threshold is { } other && other != threshold)
            model.Skipped = "has two thresholds of long context, and a row has one";
        model.Threshold = threshold ?? model.Threshold;
        var raw = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString()!,
            _ => "",
        };
        if (PriceText.ReadFromDouble(raw, PriceText.FromUsdPerToken, out var price, out var cut) is { } problem)
            model.Problem = $"{name}: {problem}";
        if (cut)
            model.Notes.Add($"{name} {raw} is read to 15 digits");
        model.Prices[key] = price;
    }

    /// <summary>Which price a member is; null = none that a row has.</summary>
    private static PriceKey? KeyOf(string name, out long? threshold)
    {
        threshold = null;
        var (start, kind) = Array.Find(Bases, known => name.StartsWith(known.Name, StringComparison.Ordinal));
        if (start is null)
            return null;
        var tier = ServiceTier.Standard;
        var rest = name.AsSpan(start.Length);
        while (rest.Length > 0)
        {
            if (Cut(ref rest, "_batches"))
                tier = ServiceTier.Batch;
            else if (Cut(ref rest, "_flex"))
                tier = ServiceTier.Flex;
            else if (Cut(ref rest, "_priority"))
                tier = ServiceTier.Fast;
            else if (kind == ChargeKind.CacheWriteShort && Cut(ref rest, "_above_1hr"))
                kind = ChargeKind.CacheWriteLong;
            else if (threshold is null && Cut(ref rest, "_above_") && rest.IndexOf("k_tokens") is > 0 and < 6 and var end
                && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var thousands) && thousands > 0)
            {
                threshold = thousands * 1_000L;
                rest = rest[(end + "k_tokens".Length)..];
            }
            else
                return null;
        }

        return new PriceKey(tier, threshold is not null, kind);
    }

    private static bool Cut(ref ReadOnlySpan<char> rest, string part)
    {
        if (!rest.StartsWith(part, StringComparison.Ordinal))
            return false;
        rest = rest[part.Length..];
        return true;
    }

    /// <summary>One fee for every size of search: the dearest, since no answer says which was used.</summary>
    private static void ReadSearch(ImportedModel model, JsonElement sizes)
    {
        if (sizes.ValueKind != JsonValueKind.Object)
            return;
        var fees = new HashSet<long>();
        foreach (var size in sizes.EnumerateObject())
        {
            if (size.Value.ValueKind == JsonValueKind.Number && PriceText.ReadFromDouble(size.Value.GetRawText(), PriceText.FromUsd, out var fee, out _) is null)
                fees.Add(fee);
            else
                model.Problem = $"search_context_cost_per_query.{size.Name} is no price.";
        }

        if (fees.Count == 0)
            return;
        model.ToolCall = fees.Max();
        if (fees.Count > 1)
            model.Notes.Add("searches cost by their size: the dearest fee is taken");
    }

    /// <summary>Anthropic's multipliers: <c>us</c> is that of a call tied to a region.</summary>
    private static void ReadSpecific(ImportedModel model, JsonElement multipliers)
    {
        if (multipliers.ValueKind != JsonValueKind.Object)
            return;
        foreach (var multiplier in multipliers.EnumerateObject())
        {
            if (multiplier.Name == "us" && multiplier.Value.ValueKind == JsonValueKind.Number
                && PriceText.Read(multiplier.Value.GetRawText(), 2, out var percent) is null && percent is >= 100 and <= 1_000)
                model.RegionalPercent = (int)percent;
            else
                model.Notes.Add($"provider_specific_entry.{multiplier.Name} is passed over");
        }
    }

    private static long? Read(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && PriceText.ReadFromDouble(value.GetRawText(), PriceText.FromUsdPerToken, out var price, out _) is null ? price : null;

    private static long? Tokens(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var tokens) && tokens is > 0 and <= 100_000_000 ? tokens : null;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
