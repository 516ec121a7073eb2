using System.Globalization;
using System.Text.Json;
using BudgetProxy.Audit;
using BudgetProxy.Stripe;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>POST /exports/stripe/setup</c>.</summary>
internal static class StripeSetupApi
{
    private const decimal MostMarkupPercent = 1000;
    private const int MostDecimals = 12;

    /// <summary>More than any token or request costs, and far within what Stripe takes.</summary>
    private const decimal MostUnitCents = 1_000_000;

    public static void Map(IEndpointRouteBuilder admin) => admin.MapPost("/exports/stripe/setup", SetUp);

    private static async Task<Results<Ok<SetupDocument>, ProblemHttpResult>> SetUp(HttpRequest request)
    {
        var query = new QueryReader(request.Query);
        var isPlan = query.Flag("plan");
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var (fields, problem) = await JsonBody.ReadAsync(request, request.HttpContext.RequestAborted, mayBeEmpty: true);
        if (fields is null)
            return problem!;
        var setup = request.HttpContext.RequestServices.GetService<StripeSetup>();
        var wish = new SetupWish(isPlan, fields.Flag("createCustomers") ?? false, ReadMarkup(fields, setup), ReadUnit(fields, setup));
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        if (setup is null)
            return Problems.Conflict("The Stripe export is off: set BudgetProxy__Stripe__ApiKey, and start the proxy again.");
        var document = SetupDocument.Of(await setup.RunAsync(wish, request.HttpContext.Actor(), request.HttpContext.RequestAborted));
        if (document.Changed && !isPlan)
            await AuditAsync(request.HttpContext, document);
        return TypedResults.Ok(document);
    }

    private static int ReadMarkup(FieldReader fields, StripeSetup? setup)
    {
        var percent = fields.Number("markupPercent");
        if (percent is < 0 or > MostMarkupPercent || (percent is { } given && decimal.Round(given, 2) != given))
            fields.Fail("markupPercent", $"Must be from 0 to {MostMarkupPercent} with at most two decimals.");
        else if (setup?.Markup == MarkupPlace.Price && percent is null && !fields.Has("markupPercent"))
            fields.Fail("markupPercent", "Is required, since BudgetProxy__Stripe__Markup puts the markup into the price: 0 for none.");
        else if (setup?.Markup == MarkupPlace.Value && percent > 0)
            fields.Fail("markupPercent", "Is each tenant's own here, and in what is sent: BudgetProxy__Stripe__Markup=price would put one for all into the price.");
        else
            return (int)((percent ?? 0) * 100);
        return 0;
    }

    private static decimal? ReadUnit(FieldReader fields, StripeSetup? setup)
    {
        if (fields.Text("secondUnitCents") is not { } text)
            return null;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cents) || cents > MostUnitCents || decimal.Round(cents, MostDecimals) != cents)
            fields.Fail("secondUnitCents", $"Must be an amount of US cents up to {MostUnitCents} with at most {MostDecimals} decimals, such as \"0.0002\".");
        else if (setup is { HasSecondMeter: false })
            fields.Fail("secondUnitCents", "There is no second meter: set BudgetProxy__Stripe__SecondMeterEventName.");
        return cents;
    }

    /// <summary>The links of tenants have entries of their own, in the directory's transaction.</summary>
    private static async Task AuditAsync(HttpContext context, SetupDocument document)
    {
        var made = document with { Steps = [.. document.Steps.Where(step => step.Outcome == Names.Of(SetupOutcome.Created) && step.Kind != "customer")] };
        if (made.Steps.Count == 0)
            return;
        // What was made stands, so that it is kept even if the caller is gone.
        await context.RequestServices.GetRequiredService<AuditTrail>().AppendAsync(
            context.Actor(), AuditActions.SetUpStripe, "stripe", (null, null, JsonSerializer.Serialize(made, AdminJson.Default.SetupDocument)), CancellationToken.None);
    }
}
