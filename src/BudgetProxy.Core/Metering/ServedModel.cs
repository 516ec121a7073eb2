using System.Text;

namespace BudgetProxy.Core.Metering;

/// <summary>The model's name in an answer.</summary>
internal static class ServedModel
{
    private const int MaxLength = 256;

    /// <summary>
    /// Takes the name if none is known yet, so that a stream makes one string only. Azure's first chunk has an empty one; an escaped or
    /// very long one is no model's id and is left out.
    /// </summary>
    public static void Read(ref JsonCursor json, ref string? model)
    {
        if (!json.ReadString(out var name) || model is not null) return;
        if (name.Length is 0 or > MaxLength || name.Contains((byte)'\\')) return;
        model = Encoding.UTF8.GetString(name);
    }
}
