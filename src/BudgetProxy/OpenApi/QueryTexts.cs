using Microsoft.OpenApi;

namespace BudgetProxy.OpenApi;

/// <summary>Query parameters by name; a name with a dot is one whose last part means something else in another call.</summary>
internal static class QueryTexts
{
    private static readonly Dictionary<string, (OpenApiSchema Schema, string Text)> All = new(StringComparer.Ordinal)
    {
        ["limit"] = (Schemas.Whole(null, 1, 1000), "Items of a page at most; 100 where it is left out."),
        ["calls.limit"] = (Schemas.Whole(null, 1, 200), "Items of a page at most; 50 where it is left out."),
        ["after"] = (Schemas.Text(null), "The 'next' of the page before."),
        ["search"] = (Schemas.Text(null), "Part of a tenant's id or name, in any case."),
        ["sort"] = (Schemas.OneOf(null, "id", "-id", "name", "-name", "spend", "-spend"), "What to order by; '-' = the other way round."),
        ["revoked"] = (Schemas.Flag(null), "True = revoked keys too."),
        ["expiresBefore"] = (Schemas.Text(null), "Only keys that end before this instant, expired ones included: RFC 3339, or a date in UTC."),
        ["tenant"] = (Schemas.Text(null), "Only this tenant's."),
        ["user"] = (Schemas.Text(null), "Only this user's."),
        ["project"] = (Schemas.Text(null), "Only this project's."),
        ["model"] = (Schemas.Text(null), "Only this model's."),
        ["provider"] = (Schemas.Text(null), "Only this provider's."),
        ["rates.tenant"] = (Schemas.Text(null), "A tenant's own rows, or '*' for those of all tenants."),
        ["at"] = (Schemas.Text(null), "Rows in force at this instant, in place of now: RFC 3339, or a date in UTC."),
        ["history"] = (Schemas.Flag(null), "True = every row there is."),
        ["from"] = (Schemas.Text(null), "Settled at this instant or later: RFC 3339, or a date in UTC."),
        ["to"] = (Schemas.Text(null), "Settled before this instant: RFC 3339, or a date in UTC."),
        ["invoices.from"] = (Schemas.Text(null), "The first day of UTC; that of the provider's invoices where it is left out."),
        ["invoices.to"] = (Schemas.Text(null), "The day after the last one; that of the provider's invoices where it is left out."),
        ["audit.tenant"] = (Schemas.Text(null), "Only what concerns this tenant."),
        ["audit.from"] = (Schemas.Text(null), "Changed at this instant or later: RFC 3339, or a date in UTC."),
        ["audit.to"] = (Schemas.Text(null), "Changed before this instant: RFC 3339, or a date in UTC."),
        ["action"] = (Schemas.Text(null), "Only this action, such as budget.put."),
        ["by"] = (Schemas.Text(null), "Only changes by the admin key of this id or name."),
        ["groupBy"] = (Schemas.Text(null), "Any of tenant, user, project, key, model, day, with commas."),
        ["usage.format"] = (Schemas.OneOf(null, "json", "csv"), "How to answer."),
        ["ledger.format"] = (Schemas.OneOf(null, "jsonl", "csv"), "How to answer."),
        ["statement.format"] = (Schemas.OneOf(null, "json", "csv", "html", "jsonl"), "How to answer: json, csv or html (a page to print); entries as jsonl or csv."),
        ["detail"] = (Schemas.OneOf(null, "totals", "entries"), "entries = every entry of the month in place of its totals."),
        ["for"] = (Schemas.OneOf(null, "customer", "us"), "customer = what the customer may see; us = also what the calls cost us."),
        ["status"] = (Schemas.Whole(null, 0, 599), "Only calls that the provider answered with this HTTP status; 0 = no answer came."),
        ["days"] = (Schemas.Whole(null, 1, 90), "Days that the series go back; 30 where it is left out."),
        ["providers"] = (Schemas.Flag(null), "True = ask each provider, and Stripe, by a call that costs nothing, whether it takes its credential."),
        ["import.format"] = (Schemas.OneOf(null, "litellm", "csv"), "What the file is."),
        ["import.effectiveFrom"] = (Schemas.Text(null), "When the rows begin: RFC 3339, or a date in UTC; now where it is left out."),
        ["apply"] = (Schemas.Flag(null), "True = do it; else it is only shown."),
        ["discardBalance"] = (Schemas.Text(null), "A prepaid balance of so much in USD, or less, goes with the tenant; where there is more, nothing is deleted."),
        ["prune"] = (Schemas.Flag(null), "True = what the file lacks is deleted, but for tenants with a prepaid balance."),
        ["import.id"] = (Schemas.Text(null), "The preview's id: where anything has changed since, nothing is applied."),
        ["acceptWarnings"] = (Schemas.Flag(null), "True = apply also what the preview warned of."),
        ["skipInvalid"] = (Schemas.Flag(null), "True = apply the rest where some models can't be read."),
        ["import.view"] = (Schemas.OneOf(null, "json", "table"), "How to answer: a document, or a table for people."),
        ["kind"] = (Schemas.Text(null), "Only alerts of this kind."),
        ["rejects.tenant"] = (Schemas.Text(null), "Only what was known to be this tenant's."),
        ["rejects.meter"] = (Schemas.Text(null), "Only of this meter: Stripe's id, mtr_…."),
        ["since"] = (Schemas.Text(null), "Told at this instant or later: RFC 3339, or a date in UTC."),
        ["plan"] = (Schemas.Flag(null), "True = only say what would be done."),
        ["webhook"] = (Schemas.Text(null), "Only deliveries to this webhook."),
        ["reconciliation.from"] = (Schemas.Text(null), "The first day, UTC; a week before today where it is left out."),
        ["reconciliation.to"] = (Schemas.Text(null), "The day after the last, UTC; tomorrow where it is left out. At most 36 days after 'from'."),
        ["reconciliation.limit"] = (Schemas.Whole(null, 1, 100), "Tenants of a page at most; 20 where it is left out. Each costs Stripe a read."),
        ["meter"] = (Schemas.Text(null), "Only those of this meter's event name."),
        ["bucket.state"] = (Schemas.Text(null), "Only those in this state: pending, sending, sent, verified, unknown, parked, dead or written-off."),
        ["bucket.from"] = (Schemas.Text(null), "Of this instant or later, by 'by': RFC 3339, or a date in UTC."),
        ["bucket.to"] = (Schemas.Text(null), "Of before this instant, by 'by': RFC 3339, or a date in UTC."),
        ["bucket.by"] = (Schemas.OneOf(null, "hour", "stamp"), "What from and to are of: the hour of settlement, or the timestamp that Stripe goes by."),
        ["state"] = (Schemas.Text(null), "Only deliveries in this state."),
    };

    public static OpenApiParameter Make(string key)
    {
        var (schema, text) = All[key];
        return new OpenApiParameter { Name = key[(key.IndexOf('.', StringComparison.Ordinal) + 1)..], In = ParameterLocation.Query, Description = text, Schema = schema };
    }
}
