using System.Text.Json.Nodes;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>The rate table: what is in force, what was, and new prices.</summary>
internal static class RatePages
{
    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapGet("/admin/rates", door.Page(visit => ShowAsync(visit, null)));
        routes.MapPost("/admin/rates", door.Form(SaveAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, FormState? state)
    {
        var query = visit.Http.Request.Query;
        var search = query["search"].ToString().Trim() is { Length: > 0 } text ? text : null;
        var provider = query["provider"].ToString() is "openai" or "anthropic" ? query["provider"].ToString() : null;
        var history = query["history"] == "true";
        var rates = await AllAsync(visit, $"/rates?limit=1000{(provider is null ? "" : "&provider=" + provider)}{(history ? "&history=true" : "")}");
        if (search is not null && rates.Value is { } list)
            rates = rates with { Value = list with { Items = [.. list.Items.Where(rate => Has(rate, search))] } };
        return visit.Show<RatesPage>(
            new RatesModel(rates, await visit.ReadAsync<HealthView>("/health")) { Search = search, Provider = provider, History = history, State = state },
            state?.Problem.Status ?? StatusCodes.Status200OK);
    }

    /// <summary>The table is short: a few hundred rows, and what was added.</summary>
    private static async Task<Part<ListOf<RateView>>> AllAsync(Visit visit, string path)
    {
        var part = await visit.ReadAsync<ListOf<RateView>>(path);
        while (part.Value is { Next: { } next } sofar)
        {
            var more = await visit.ReadAsync<ListOf<RateView>>($"{path}&after={Uri.EscapeDataString(next)}");
            if (more.Value is not { } page)
                return more;
            part = part with { Value = new ListOf<RateView>([.. sofar.Items, .. page.Items], page.Next, null) };
        }

        return part;
    }

    private static bool Has(RateView rate, string search) =>
        rate.Model.Contains(search, StringComparison.OrdinalIgnoreCase)
        || rate.Provider.Contains(search, StringComparison.OrdinalIgnoreCase)
        || rate.Aliases?.Any(alias => alias.Contains(search, StringComparison.OrdinalIgnoreCase)) == true;

    private static async Task<IResult> SaveAsync(Visit visit, FormFields fields)
    {
        var prices = new JsonObject { ["input"] = fields.Text("input"), ["output"] = fields.Text("output") };
        foreach (var name in (string[])["cachedInput", "cacheWriteShort"])
        {
            if (fields[name] is { } price)
                prices[name] = price;
        }

        var body = new JsonObject { ["usdPerMillion"] = new JsonObject { ["standard"] = prices } };
        if (fields["effectiveFrom"] is { } from)
            body["effectiveFrom"] = from.Length == 16 ? from + ":00Z" : from;
        if (fields["notes"] is { } notes)
            body["notes"] = notes;
        var tenant = fields["tenant"] is { } id ? "/tenants/" + Uri.EscapeDataString(id) : "";
        var answer = await visit.SendAsync(
            HttpMethods.Put, $"{tenant}/rates/{Uri.EscapeDataString(fields["provider"] ?? "openai")}/{Uri.EscapeDataString(fields["model"] ?? " ")}", body);
        return answer.IsSuccess ? Visit.GoTo("/rates", "rate-saved") : await ShowAsync(visit, new FormState("rate", null, fields, answer.Problem()));
    }
}
