using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Stripe;

/// <summary>Shows how far the export is.</summary>
internal static class ExportFacts
{
    /// <returns>True = all is well: nothing is stopped, and nothing waits for a person.</returns>
    public static bool IsWell(JsonElement export) =>
        export.Is("enabled") && export.Field("stopped") is null && !BucketStates.All.Any(state => BucketStates.NeedsSomebody(state) && Buckets(export, state) > 0);

    public static void Write(CommandCall call, JsonElement export)
    {
        if (!export.Is("enabled"))
        {
            call.Terminal.Wrapped(export.Text("toDo") ?? "The export to Stripe is off.", 2);
            return;
        }

        new Facts()
            .Add("Meters", string.Join(", ", export.Items("meters").Select(meter => $"{meter.Text("eventName")} ({meter.Text("unit") ?? "no longer configured"})")))
            .Add("Billed from", Cell.Time(export.Text("from")).Text)
            .Add("Last run", Cell.Time(export.Text("lastRunAt")).Text)
            .Add("Next run", Cell.Time(export.Text("nextRunAt")).Text)
            .Add("Exported by", export.Is("holder.isThis") ? "the proxy that was asked" : export.Text("holder.proxy"))
            .Add("Oldest that waits", export.Text("oldest") is { } oldest ? Cell.Time(oldest).Text : "none", export.Whole("oldestSeconds") > 86_400 ? Tone.Warning : Tone.Plain)
            .Add("Stopped", Note(export, "stopped"), Tone.Bad)
            .Add("Last error", Note(export, "error"), Tone.Warning)
            .Write(call.Terminal);
        call.Terminal.Line();
        var table = new Table(call.Terminal, [new Column("State"), Column.Number("Buckets"), Column.Number("USD")]);
        table.Write(
        [
            .. BucketStates.All.Where(state => export.Field($"states.{state}") is not null && (Buckets(export, state) > 0 || state is "pending" or "sent")).Select(state => new[]
            {
                new Cell(state, BucketStates.ToneOf(state)), Cell.Of(Buckets(export, state)), Cell.Money(export.Usd($"states.{state}.usd")),
            }),
        ]);
        WriteWaiting(call, export, "unlinked", "Tenants without a Stripe customer whose usage waits", export.Whole("unlinkedTenants"));
        WriteWaiting(call, export, "parked", "What waits for somebody", export.Whole("parkedTenants"));
    }

    public static long Buckets(JsonElement export, string state) => export.Whole($"states.{state}.buckets") ?? 0;

    private static void WriteWaiting(CommandCall call, JsonElement export, string field, string head, long? tenants)
    {
        var items = export.Items(field).ToList();
        if (items.Count == 0)
            return;
        call.Terminal.Line();
        call.Terminal.Strong(tenants is { } all ? $"{head}: {all:#,##0}" : head);
        var table = new Table(call.Terminal, [Column.Text("Tenant"), Column.Number("Buckets"), Column.Number("USD"), new Column("Since (UTC)"), Column.Text("Why")]);
        table.Write(
        [
            .. items.Select(item => new[]
            {
                Cell.Of(item.Text("tenant")), Cell.Of(item.Whole("buckets")), Cell.Money(item.Usd("usd")), Cell.Time(item.Text("since")), Cell.Of(item.Text("error") ?? item.Text("cause")),
            }),
        ]);
        foreach (var advice in items.Select(item => item.Text("toDo")).OfType<string>().Distinct(StringComparer.Ordinal))
            call.Terminal.Wrapped("  " + Terminal.Clean(advice), 4);
    }

    private static string? Note(JsonElement export, string field) =>
        export.Text($"{field}.text") is { } text ? $"{text} (since {Cell.Time(export.Text($"{field}.at")).Text})" : null;
}
