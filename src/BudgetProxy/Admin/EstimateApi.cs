using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Rates.Calculator;
using BudgetProxy.Rates;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/estimate</c>: what a workload would cost by the rates of this proxy. It changes nothing, so any role may ask.</summary>
internal static class EstimateApi
{
    public static void Map(IEndpointRouteBuilder admin) =>
        admin.MapPost("/estimate", Estimate).WithMetadata(new NeedsRole(AdminRole.Viewer));

    private static async Task<Results<Ok<EstimateDocument>, ProblemHttpResult>> Estimate(
        HttpRequest request, RateTable rates, TenantDirectory directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var question = EstimateReader.Read(fields, time.GetUtcNow());
        if (question.Tenant is { } tenant && directory.Current.FindTenant(tenant) is null)
            fields.Fail("tenant", "There is no such tenant.");
        var card = rates.Current.Card;
        var estimates = fields.Errors.Any ? [] : EstimateAll(card, question, fields);
        return fields.Errors.Any ? fields.Errors.ToProblem() : TypedResults.Ok(EstimateDocument.Of(card, question.At, estimates));
    }

    private static List<(string Name, CostEstimate Estimate)> EstimateAll(RateCard card, EstimateQuestion question, FieldReader fields)
    {
        var models = question.Models;
        var estimates = new List<(string, CostEstimate)>(models.Count);
        for (var i = 0; i < models.Count; i++)
        {
            var (rate, problem) = ModelSearch.Find(card, models[i], question.At, question.Tenant);
            if (rate is null)
                fields.Fail($"models[{i}]", problem!);
            else if (CostCalculator.Estimate(rate, question.Workload) is { } estimate)
                estimates.Add((models[i], estimate));
            else
                fields.Fail($"models[{i}]", CostCalculator.TooMuch);
        }

        return estimates;
    }
}
