using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Admin;

/// <summary>How a model's input is counted, and how much it takes and gives. What is left out stays as in the row that it follows.</summary>
/// <param name="Encoding">The public vocabulary that counts its text.</param>
/// <param name="ExactEncoding">True where that is the model's own.</param>
/// <param name="SafetyPercent">Upper bound = count × this / 100.</param>
/// <param name="ExpectedPercent">Best guess = count × this / 100.</param>
/// <param name="Reasoning">True where it reasons out of sight.</param>
/// <param name="MaxInput">Input tokens of a request at most; 0 = not known.</param>
/// <param name="MaxOutput">Output tokens of an answer at most, which a call without a limit reserves; 0 = not known.</param>
/// <param name="MinCachedPrefix">Input tokens from which a prefix is cached; 0 = never.</param>
/// <param name="CachedStep">Cached tokens are a multiple of this.</param>
public sealed record ProfileDocument(
    string Encoding, bool ExactEncoding, int SafetyPercent, int ExpectedPercent, bool Reasoning, long MaxInput, long MaxOutput, int MinCachedPrefix, int CachedStep)
{
    private const int MostPercent = 1_000;
    private const int MostTokens = 100_000_000;

    public static ProfileDocument Of(ModelProfile profile) => new(
        Names.Of(profile.Encoding), profile.ExactEncoding, profile.SafetyPercent, profile.ExpectedPercent, profile.Reasoning, profile.MaxInput, profile.MaxOutput,
        profile.MinCachedPrefix, profile.CachedStep);

    internal static ModelProfile Read(FieldReader fields, ModelProfile before)
    {
        var profile = before with
        {
            Encoding = fields.OneOf<TokenEncoding>("encoding") ?? before.Encoding,
            ExactEncoding = fields.Flag("exactEncoding") ?? before.ExactEncoding,
            SafetyPercent = Whole(fields, "safetyPercent", 100, MostPercent) ?? before.SafetyPercent,
            ExpectedPercent = Whole(fields, "expectedPercent", 1, MostPercent) ?? before.ExpectedPercent,
            Reasoning = fields.Flag("reasoning") ?? before.Reasoning,
            MaxInput = Whole(fields, "maxInput", 0, MostTokens) ?? before.MaxInput,
            MaxOutput = Whole(fields, "maxOutput", 0, MostTokens) ?? before.MaxOutput,
            MinCachedPrefix = Whole(fields, "minCachedPrefix", 0, MostTokens) ?? before.MinCachedPrefix,
            CachedStep = Whole(fields, "cachedStep", 1, MostTokens) ?? before.CachedStep,
        };
        fields.RefuseUnknown();
        return profile;
    }

    private static int? Whole(FieldReader fields, string name, int least, int most)
    {
        if (fields.Count(name) is not { } number)
            return null;
        if (number >= least && number <= most)
            return (int)number;
        fields.Fail(name, $"Must be from {least} to {most}.");
        return null;
    }
}
