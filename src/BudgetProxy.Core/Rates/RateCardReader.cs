using System.Text.Json;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates;

/// <summary>
/// Reads <c>rate-card.json</c> in one pass, without reflection. Its members are the properties of <see cref="Rate"/> in camel case; one that is
/// not known is an error, so that no price is lost to a typo. Prices are whole numbers: a decimal point is an error too.
/// </summary>
internal static class RateCardReader
{
    /// <summary>Stands for a price that the file leaves out: it is out of range, so the card refuses the row.</summary>
    private static readonly TokenPrices Missing = new() { Input = -1, Output = -1 };

    private delegate T Member<T>(T value, string name, ref Utf8JsonReader json);

    /// <exception cref="InvalidOperationException">The build left the card out.</exception>
    public static RateCard ReadShipped()
    {
        using var stream = typeof(RateCardReader).Assembly.GetManifestResourceStream("rate-card.json")
            ?? throw new InvalidOperationException("The rate card is not in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(bytes);
    }

    /// <exception cref="JsonException">It is not JSON, or has a member that is not known.</exception>
    /// <exception cref="FormatException">A figure is not a whole number, or a date no date.</exception>
    /// <exception cref="ArgumentException">A row's figures are out of range.</exception>
    public static RateCard Read(ReadOnlySpan<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8);
        json.Read();
        var (compiled, rates) = ReadObject<(string, List<Rate>)>(ref json, ("", []), FileMember);
        // Whatever follows is an error of the reader's own: half a file must not pass for a whole one.
        json.Read();
        return new RateCard(compiled, rates);
    }

    private static (string, List<Rate>) FileMember((string Compiled, List<Rate> Rates) file, string name, ref Utf8JsonReader json) => name switch
    {
        "compiled" => file with { Compiled = json.GetString()! },
        "rates" => file with { Rates = ReadRates(ref json) },
        _ => throw Unknown(name),
    };

    private static List<Rate> ReadRates(ref Utf8JsonReader json)
    {
        var rates = new List<Rate>(160);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var blank = new Rate { Provider = default, Model = "", EffectiveFrom = default, Profile = new ModelProfile() };
            rates.Add(ReadObject(ref json, blank, RateMember));
        }

        return rates;
    }

    private static Rate RateMember(Rate rate, string name, ref Utf8JsonReader json) => name switch
    {
        "provider" => rate with { Provider = ReadProvider(ref json) },
        "model" => rate with { Model = json.GetString()! },
        "aliases" => rate with { Aliases = ReadStrings(ref json) },
        "effectiveFrom" => rate with { EffectiveFrom = json.GetDateTimeOffset() },
        "matchesFineTunes" => rate with { MatchesFineTunes = json.GetBoolean() },
        "tokens" => rate with { Tokens = ReadList(ref json) },
        "longContext" => rate with { LongContext = ReadObject(ref json, new LongContext(0, new PriceList { Standard = Missing }), LongContextMember) },
        "autoCacheWrite" => rate with { AutoCacheWrite = json.GetBoolean() },
        "regionalPercent" => rate with { RegionalPercent = json.GetInt32() },
        "toolCall" => rate with { ToolCall = json.GetInt64() },
        "fileSearch" => rate with { FileSearch = json.GetInt64() },
        "codeSession" => rate with { CodeSession = json.GetInt64() },
        "requestFee" => rate with { RequestFee = json.GetInt64() },
        "perMinute" => rate with { PerMinute = json.GetInt64() },
        "perMillionCharacters" => rate with { PerMillionCharacters = json.GetInt64() },
        "mode" => rate with { Mode = json.GetString() },
        "status" => rate with { Status = json.GetString() },
        "sources" => rate with { Sources = ReadStrings(ref json) },
        "confidence" => rate with { Confidence = json.GetString() },
        "notes" => rate with { Notes = json.GetString() },
        "profile" => rate with { Profile = ReadObject(ref json, rate.Profile, ProfileMember) },
        _ => throw Unknown(name),
    };

    private static LongContext LongContextMember(LongContext tail, string name, ref Utf8JsonReader json) => name switch
    {
        "threshold" => tail with { Threshold = json.GetInt64() },
        "prices" => tail with { Prices = ReadList(ref json) },
        _ => throw Unknown(name),
    };

    private static PriceList ReadList(ref Utf8JsonReader json) => ReadObject(ref json, new PriceList { Standard = Missing }, ListMember);

    private static PriceList ListMember(PriceList list, string name, ref Utf8JsonReader json)
    {
        var prices = ReadObject(ref json, Missing, PricesMember);
        return name switch
        {
            "standard" => list with { Standard = prices },
            "batch" => list with { Batch = prices },
            "flex" => list with { Flex = prices },
            "fast" => list with { Fast = prices },
            _ => throw Unknown(name),
        };
    }

    private static TokenPrices PricesMember(TokenPrices prices, string name, ref Utf8JsonReader json)
    {
        var price = json.GetInt64();
        return name switch
        {
            "input" => prices with { Input = price },
            "cachedInput" => prices with { CachedInput = price },
            "cacheWriteShort" => prices with { CacheWriteShort = price },
            "cacheWriteLong" => prices with { CacheWriteLong = price },
            "audioInput" => prices with { AudioInput = price },
            "imageInput" => prices with { ImageInput = price },
            "output" => prices with { Output = price },
            "audioOutput" => prices with { AudioOutput = price },
            "imageOutput" => prices with { ImageOutput = price },
            _ => throw Unknown(name),
        };
    }

    private static ModelProfile ProfileMember(ModelProfile profile, string name, ref Utf8JsonReader json) => name switch
    {
        "encoding" => profile with { Encoding = Enum.Parse<TokenEncoding>(json.GetString()!, ignoreCase: true) },
        "exactEncoding" => profile with { ExactEncoding = json.GetBoolean() },
        "safetyPercent" => profile with { SafetyPercent = json.GetInt32() },
        "expectedPercent" => profile with { ExpectedPercent = json.GetInt32() },
        "reasoning" => profile with { Reasoning = json.GetBoolean() },
        "legacyToolCosts" => profile with { LegacyToolCosts = json.GetBoolean() },
        "maxInput" => profile with { MaxInput = json.GetInt64() },
        "maxOutput" => profile with { MaxOutput = json.GetInt64() },
        "toolSystemTokens" => profile with { ToolSystemTokens = json.GetInt32() },
        "forcedToolSystemTokens" => profile with { ForcedToolSystemTokens = json.GetInt32() },
        "minCachedPrefix" => profile with { MinCachedPrefix = json.GetInt32() },
        "cachedStep" => profile with { CachedStep = json.GetInt32() },
        "vision" => profile with { Vision = ReadObject(ref json, VisionRule.None, VisionMember) },
        _ => throw Unknown(name),
    };

    private static VisionRule VisionMember(VisionRule rule, string name, ref Utf8JsonReader json) => name switch
    {
        "scheme" => rule with { Scheme = Enum.Parse<VisionScheme>(json.GetString()!, ignoreCase: true) },
        "base" => rule with { Base = json.GetInt32() },
        "tile" => rule with { Tile = json.GetInt32() },
        "multiplierPercent" => rule with { MultiplierPercent = json.GetInt32() },
        "highPatchBudget" => rule with { HighPatchBudget = json.GetInt32() },
        "highMaxSide" => rule with { HighMaxSide = json.GetInt32() },
        "originalPatchBudget" => rule with { OriginalPatchBudget = json.GetInt32() },
        "originalMaxSide" => rule with { OriginalMaxSide = json.GetInt32() },
        "autoIsOriginal" => rule with { AutoIsOriginal = json.GetBoolean() },
        "maxEdge" => rule with { MaxEdge = json.GetInt32() },
        "maxTokens" => rule with { MaxTokens = json.GetInt32() },
        _ => throw Unknown(name),
    };

    private static T ReadObject<T>(ref Utf8JsonReader json, T value, Member<T> member)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            value = member(value, name, ref json);
        }

        return value;
    }

    private static List<string> ReadStrings(ref Utf8JsonReader json)
    {
        var strings = new List<string>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            strings.Add(json.GetString()!);
        return strings;
    }

    private static Provider ReadProvider(ref Utf8JsonReader json) =>
        ProviderNames.TryParse(json.GetString(), out var provider) ? provider : throw new JsonException("Not a provider.");

    private static JsonException Unknown(string name) => new($"The rate card has no member {name}.");
}
