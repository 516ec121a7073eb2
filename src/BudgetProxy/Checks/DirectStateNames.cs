namespace BudgetProxy.Checks;

/// <summary>The states' names in rows and answers.</summary>
internal static class DirectStateNames
{
    public static string Name(this DirectState state) => state switch
    {
        DirectState.Asked => "asked",
        DirectState.Held => "held",
        DirectState.Settling => "settling",
        DirectState.Settled => "settled",
        DirectState.Voiding => "voiding",
        DirectState.Voided => "voided",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    /// <exception cref="FormatException">It is no state that this version knows.</exception>
    public static DirectState Parse(string name)
    {
        foreach (var state in Enum.GetValues<DirectState>())
        {
            if (state.Name() == name)
                return state;
        }

        throw new FormatException($"'{name}' is no state of a reservation.");
    }
}
