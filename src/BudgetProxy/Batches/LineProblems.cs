using System.Text;
using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>The lines of a batch that can't be taken: the first of them, and how many more.</summary>
public sealed class LineProblems
{
    /// <summary>Lines that an answer names.</summary>
    public const int Named = 20;

    /// <summary>Characters of a custom id that an answer shows.</summary>
    private const int MaxShownId = 80;

    private readonly List<RefusedLine> _lines = [];
    private GatewayRefusal? _first;

    public int Count { get; private set; }

    /// <summary>True once the rest of the batch is not looked at: it is refused in any case, and nobody mends so many lines one by one.</summary>
    public bool IsCut { get; private set; }

    /// <summary>No more lines are taken in.</summary>
    public void Cut() => IsCut = true;

    /// <param name="customId">Null = it can't be read, or is not kept.</param>
    public void Add(int number, string? customId, GatewayRefusal refusal)
    {
        _first ??= refusal;
        Count++;
        if (_lines.Count == Named)
            return;
        var reason = refusal.Param is { } param ? $"{param}: {refusal.Message}" : refusal.Message;
        _lines.Add(new RefusedLine(number, customId?.Length > MaxShownId ? customId[..MaxShownId] + "…" : customId, reason));
    }

    /// <summary>The answer, with the status of the first line's fault; null = there is no such line.</summary>
    public GatewayRefusal? ToRefusal()
    {
        if (_first is null)
            return null;
        var message = new StringBuilder(Count == 1 ? "One line of this batch can't be taken" : $"{Count} lines of this batch can't be taken").Append(", so nothing of it was. ");
        foreach (var line in _lines)
            message.Append($"Line {line.Number}{(line.CustomId is null ? "" : $" ({line.CustomId})")}: {line.Reason} ");
        if (Count > _lines.Count)
            message.Append($"And {Count - _lines.Count} more. ");
        if (IsCut)
            message.Append("The rest was not read.");
        return _first with { Message = message.ToString().TrimEnd(), Param = null, Lines = _lines, MoreLines = Count - _lines.Count };
    }
}
