using System.Buffers;

namespace BudgetProxy.Tenants;

/// <summary>What names and texts of the directory may be, and how many of each. The messages say what would be right.</summary>
public static class DirectoryRules
{
    /// <summary>Characters of a user, project, run, tag, model pattern or display name at most.</summary>
    public const int MaxTextChars = 256;

    /// <summary>Every call is held against each budget that matches it, in one step: more would slow each call of the tenant.</summary>
    public const int MaxBudgetsPerTenant = 100;

    /// <summary>Plans in all: each is held whole in memory, and a list of more helps nobody choose.</summary>
    public const int MaxPlans = 1000;

    /// <summary>Model patterns of one allow-list; each call walks it.</summary>
    public const int MaxAllowedModels = 200;

    /// <summary>Counters of one budget that may be reset singly in one window: each goes with the definition to every proxy.</summary>
    public const int MaxSingleResets = 1_000;

    private const int MaxNameChars = 64;

    private const int MaxCustomerChars = 255;

    private static readonly SearchValues<char> CustomerChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly SearchValues<char> TenantChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly SearchValues<char> BudgetChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ");

    /// <summary>Null when the id is well formed. It stands in paths, counters' names and answer headers, so it is narrow.</summary>
    public static string? TenantIdProblem(string id) =>
        id.Length is > 0 and <= MaxNameChars && char.IsAsciiLetterOrDigit(id[0]) && !id.AsSpan().ContainsAnyExcept(TenantChars)
            ? null
            : "A tenant's id is 1 to 64 of a-z, 0-9, '-', '_' and '.', and starts with a letter or digit.";

    /// <summary>Null when the id is well formed: by the same rule as a tenant's.</summary>
    public static string? PlanIdProblem(string id) => TenantIdProblem(id)?.Replace("A tenant's id", "A plan's name", StringComparison.Ordinal);

    /// <summary>Null when the name is well formed. It stands in answer headers, so it is ASCII and has no comma.</summary>
    public static string? BudgetNameProblem(string name) =>
        name.Length is > 0 and <= MaxNameChars && char.IsAsciiLetterOrDigit(name[0]) && name[^1] != ' '
        && !name.AsSpan().ContainsAnyExcept(BudgetChars)
            ? null
            : "A budget's name is 1 to 64 ASCII letters, digits, '-', '_', '.' and inner spaces, and starts with a letter or digit.";

    /// <summary>Null when the id is one that Stripe could have given to a customer: else usage would wait for ever under what nobody there has.</summary>
    public static string? StripeCustomerProblem(string id) =>
        id.Length is > 4 and <= MaxCustomerChars && id.StartsWith("cus_", StringComparison.Ordinal) && !id.AsSpan().ContainsAnyExcept(CustomerChars)
            ? null
            : $"Must be a customer's id at Stripe, such as cus_NffrFeUfNV2Hib: 'cus_' and then letters, digits or '_', at most {MaxCustomerChars} characters.";

    /// <summary>Null when the text is 1 to <paramref name="most"/> characters without control characters.</summary>
    public static string? TextProblem(string text, int most = MaxTextChars) => text switch
    {
        "" => "Must not be empty; leave the field out instead.",
        _ when text.Length > most => $"At most {most} characters.",
        _ when text.Any(char.IsControl) => "Must not contain control characters.",
        _ => null,
    };
}
