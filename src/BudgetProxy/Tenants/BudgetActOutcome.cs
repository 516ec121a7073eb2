namespace BudgetProxy.Tenants;

/// <summary>What became of a top-up or reset.</summary>
public enum BudgetActOutcome
{
    Done,

    /// <summary>It was done before, under the same idempotency key; nothing changed.</summary>
    DoneBefore,

    /// <summary>The budget is not what the caller's <see cref="Precondition"/> says.</summary>
    Changed,

    /// <summary>No such tenant or budget.</summary>
    NoSuchBudget,

    /// <summary>The budget's limit is not money.</summary>
    NotMoney,

    /// <summary>Something was to be taken off a budget that keeps no prepaid credit.</summary>
    NotCredit,

    /// <summary>More was to be paid back of prepaid credit than is left.</summary>
    TooLittleCredit,

    /// <summary>A reset would give back what was spent of prepaid credit, and forgive what is owed.</summary>
    KeepsCredit,

    /// <summary>One counter was named, and the budget has only one for all.</summary>
    NotCountedByValue,

    /// <summary>The limit with its top-ups would pass 2^52 nano-dollars.</summary>
    TooMuch,

    /// <summary>Something else was done to the budget under the same idempotency key.</summary>
    KeyIsTaken,

    /// <summary>More counters would be reset singly than <see cref="DirectoryRules.MaxSingleResets"/>.</summary>
    TooManyValues,
}
