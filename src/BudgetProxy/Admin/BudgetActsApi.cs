using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>POST /tenants/{tenant}/budgets/{name}/topup</c> and <c>…/reset</c>.</summary>
internal static class BudgetActsApi
{
    /// <summary>A repeat under the same one does nothing: a POST that timed out may be sent again.</summary>
    private const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Says of an answer that the call had been carried out before.</summary>
    private const string Replayed = "Idempotent-Replayed";

    private const int MaxKeyChars = 128;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapPost("/tenants/{tenant}/budgets/{name}/topup", TopUp);
        admin.MapPost("/tenants/{tenant}/budgets/{name}/reset", Reset);
    }

    private static async Task<Results<Ok<BudgetDocument>, ProblemHttpResult>> TopUp(
        string tenant, string name, HttpRequest request, TenantDirectory directory, IReservationStore reservations)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var amount = fields.Money("usd", new NanoUsd(-NanoUsd.MaxLimit.Value));
        if (amount is null && !fields.Has("usd"))
            fields.Fail("usd", "Is required: a decimal string in USD, such as \"5.00\".");
        else if (amount is { Value: 0 })
            fields.Fail("usd", "Must be above 0; of prepaid credit an amount below 0 pays back that much.");
        var (value, key) = (fields.CounterValue("value"), KeyOf(request, fields));
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        var outcome = await directory.TopUpAsync((tenant, name), amount!.Value, (value, key), request.HttpContext.Edit(), cancellationToken);
        var answer = await AnswerAsync((tenant, name), outcome, request.HttpContext, directory, reservations);
        return outcome == BudgetActOutcome.Done && answer.Result is Ok<BudgetDocument> { Value: { } shown } ? TypedResults.Ok(shown.After(amount.Value.Value)) : answer;
    }

    private static async Task<Results<Ok<BudgetDocument>, ProblemHttpResult>> Reset(
        string tenant, string name, HttpRequest request, TenantDirectory directory, IReservationStore reservations)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken, mayBeEmpty: true);
        if (fields is null)
            return problem!;
        var (value, key) = (fields.CounterValue("value"), KeyOf(request, fields));
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        var outcome = await directory.ResetAsync((tenant, name), (value, key), request.HttpContext.Edit(), cancellationToken);
        return await AnswerAsync((tenant, name), outcome, request.HttpContext, directory, reservations);
    }

    private static string? KeyOf(HttpRequest request, FieldReader fields)
    {
        if (request.Headers[IdempotencyKey] is not { Count: > 0 } keys)
            return null;
        var key = keys.Count == 1 ? keys[0]! : "";
        if (key.Length is 0 or > MaxKeyChars || key.Any(c => c is < '!' or > '~'))
            fields.Fail(IdempotencyKey, $"Must be one header of 1 to {MaxKeyChars} ASCII characters without spaces, such as a UUID.");
        return key;
    }

    private static async Task<Results<Ok<BudgetDocument>, ProblemHttpResult>> AnswerAsync(
        (string Tenant, string Name) wanted, BudgetActOutcome outcome, HttpContext context, TenantDirectory directory, IReservationStore reservations)
    {
        var errors = new FieldErrors();
        switch (outcome)
        {
            case BudgetActOutcome.NotMoney:
                errors.Add("usd", "The budget's limit is not in USD, so it can't be topped up; change its limit with PUT instead.");
                return errors.ToProblem();
            case BudgetActOutcome.NotCredit:
                errors.Add("usd", "Must be above 0: only of prepaid credit can something be paid back. Change the budget's limit with PUT instead.");
                return errors.ToProblem();
            case BudgetActOutcome.TooLittleCredit:
                return Problems.Conflict($"The balance is less than that, with what calls in flight hold: GET /admin/v1/tenants/{wanted.Tenant}/balance.");
            case BudgetActOutcome.KeepsCredit:
                return Problems.Conflict(
                    "This budget keeps prepaid credit: a reset would give back all that was spent of it, or forgive what is owed, without a trace of how much. Top it up by as much as you mean to give.");
            case BudgetActOutcome.TooMuch:
                errors.Add("usd", $"The limit with its top-ups would pass {NanoUsd.MaxLimit.ToBalance()} USD, the largest there is.");
                return errors.ToProblem();
            case BudgetActOutcome.NotCountedByValue:
                errors.Add("value", "The budget has no 'per' and so one counter for all; leave the field out.");
                return errors.ToProblem();
            case BudgetActOutcome.TooManyValues:
                return Problems.Conflict(
                    $"{DirectoryRules.MaxSingleResets} counters of this budget were reset one by one in the present window; reset the whole budget, without 'value'.");
            case BudgetActOutcome.KeyIsTaken:
                return Problems.Conflict($"This {IdempotencyKey} was used for another top-up or reset of the budget; send a new one.");
            case BudgetActOutcome.Changed:
                return Problems.Changed();
            case BudgetActOutcome.DoneBefore:
                context.Response.Headers[Replayed] = "true";
                break;
        }

        return outcome != BudgetActOutcome.NoSuchBudget && directory.Current.FindBudget(wanted.Tenant, wanted.Name) is { } budget
            ? await BudgetsApi.ShowAsync(budget, context, reservations)
            : new Edited<Budget>(EditOutcome.NotFound, null).ToProblem();
    }
}
