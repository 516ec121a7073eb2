using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Reservations;

/// <summary>What the books keep of a reserved call: with a <see cref="Settlement"/> it makes the ledger entry.</summary>
internal sealed record ReservedCall
{
    public required Guid Id { get; init; }

    public required Caller Caller { get; init; }

    public required string Provider { get; init; }

    public required string Api { get; init; }

    public required string Model { get; init; }

    public required bool Streamed { get; init; }

    /// <summary>When the store took it: decides its windows.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public required Usage WorstUsage { get; init; }

    public required string? Rate { get; init; }

    /// <summary>What was reserved, in money; zero where nothing could be.</summary>
    public required NanoUsd Amount { get; init; }

    public required int MarkupBasisPoints { get; init; }

    /// <summary><see cref="Amount"/> with the markup: what is charged where it is presumed.</summary>
    public NanoUsd Charged => Amount.WithMarkup(MarkupBasisPoints);

    /// <summary>What budgets that admit by expectation hold of it, in money; null = it had no such budget.</summary>
    public NanoUsd? Expected { get; init; }

    /// <summary>The same in tokens.</summary>
    public long? ExpectedTokens { get; init; }

    /// <summary>The tier that <see cref="Amount"/> was priced at; null = reserved by a version that did not keep it.</summary>
    public ServiceTier? Tier { get; init; }

    /// <summary>Whether the regional surcharge is in <see cref="Amount"/>; null likewise.</summary>
    public bool? Regional { get; init; }

    /// <summary>What it holds of a budget that it counts in: nano-dollars, tokens, or 1 call.</summary>
    public long AmountIn(Budget budget) =>
        new CallBounds(Amount, WorstUsage.Total, Expected ?? Amount, ExpectedTokens ?? WorstUsage.Total, MarkupBasisPoints).AmountIn(budget);

    /// <summary>What its worst case holds of a budget of this kind.</summary>
    public long AskedOf(LimitKind kind) => BudgetMatcher.AskedOf(kind, Amount, MarkupBasisPoints, WorstUsage.Total);

    /// <summary>What is left once a part of it has ended.</summary>
    /// <param name="released">Below 0 counts as 0, above what is left as that; so each bucket of <paramref name="usage"/>.</param>
    public ReservedCall Without(NanoUsd released, in Usage usage) => this with
    {
        Amount = new NanoUsd(Rest(Amount.Value, released.Value)),
        WorstUsage = new Usage
        {
            Input = Rest(WorstUsage.Input, usage.Input),
            CachedInput = Rest(WorstUsage.CachedInput, usage.CachedInput),
            CacheWriteShort = Rest(WorstUsage.CacheWriteShort, usage.CacheWriteShort),
            CacheWriteLong = Rest(WorstUsage.CacheWriteLong, usage.CacheWriteLong),
            Output = Rest(WorstUsage.Output, usage.Output),
            Reasoning = Rest(WorstUsage.Reasoning, usage.Reasoning),
            AudioInput = Rest(WorstUsage.AudioInput, usage.AudioInput),
            AudioOutput = Rest(WorstUsage.AudioOutput, usage.AudioOutput),
            ImageInput = Rest(WorstUsage.ImageInput, usage.ImageInput),
            ImageOutput = Rest(WorstUsage.ImageOutput, usage.ImageOutput),
            ToolCalls = Rest(WorstUsage.ToolCalls, usage.ToolCalls),
            FileSearches = Rest(WorstUsage.FileSearches, usage.FileSearches),
            CodeSessions = Rest(WorstUsage.CodeSessions, usage.CodeSessions),
        },
    };

    /// <summary>What is left of an amount of at least 0; never below 0.</summary>
    public static long Rest(long amount, long released) => amount - Math.Clamp(released, 0, amount);

    /// <summary>True where the reservation itself, as one call, counts in this counter of the budget: what is presumed of it is spent there.</summary>
    public bool CountsIn(Budget budget, string scope) =>
        BudgetMatcher.Matches(budget, Caller, Provider, Model) && BudgetMatcher.ScopeValue(budget, Caller, Provider, Model) == scope;

    /// <param name="startedAt">On the store's clock.</param>
    public static ReservedCall Of(Reservation reservation, DateTimeOffset startedAt) => new()
    {
        Id = reservation.Id,
        Caller = reservation.Caller,
        Provider = reservation.Provider.Name(),
        Api = reservation.Api.Name(),
        Model = reservation.Model,
        Streamed = reservation.Streamed,
        StartedAt = startedAt,
        WorstUsage = Entries.Bounded(reservation.WorstUsage),
        Rate = reservation.Rate,
        Amount = Entries.Bounded(reservation.Amount),
        Expected = reservation.Expected is { } expected ? Entries.Bounded(expected) : null,
        ExpectedTokens = reservation.ExpectedTokens,
        MarkupBasisPoints = reservation.MarkupBasisPoints,
        Tier = reservation.Tier,
        Regional = reservation.Regional,
    };
}
