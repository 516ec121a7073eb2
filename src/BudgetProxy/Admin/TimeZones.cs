namespace BudgetProxy.Admin;

/// <summary>Reads the <c>timezone</c> of a tenant or budget.</summary>
internal static class TimeZones
{
    /// <summary>Null where it is left out, or not a zone (which is then among the errors).</summary>
    public static TimeZoneInfo? Read(FieldReader fields)
    {
        if (fields.Text("timezone") is not { } id)
            return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId)
            return zone;
        fields.Fail("timezone", "Must be an IANA time zone, such as \"Europe/Berlin\" or \"UTC\".");
        return null;
    }
}
