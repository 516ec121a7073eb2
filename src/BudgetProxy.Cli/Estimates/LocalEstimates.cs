using BudgetProxy.Cli.Commands;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Rates.Calculator;

namespace BudgetProxy.Cli.Estimates;

/// <summary>Prices a question in this process.</summary>
internal static class LocalEstimates
{
    /// <exception cref="CommandException">A model is not on the card.</exception>
    public static EstimateDocument Of(EstimateQuestion question, RateCard card)
    {
        var rates = question.Models.Select(model => ModelSearch.Find(card, model, question.At)).ToList();
        var problems = rates.Select(found => found.Problem).OfType<string>().ToList();
        if (problems.Count > 0)
            throw new CommandException(string.Join(Environment.NewLine, problems));
        var estimates = question.Models.Zip(rates, (model, found) => (model, Price(found.Rate!, question))).ToList();
        var document = EstimateDocument.Of(card, question.At, estimates);
        return document with { Models = [.. document.Models.Zip(rates, (model, found) => model with { Approximate = question.IsApproximate(found.Rate!.Profile) })] };
    }

    private static CostEstimate Price(Rate rate, EstimateQuestion question) =>
        CostCalculator.Estimate(rate, question.WorkloadFor(rate.Profile)) ?? throw new CommandException(CostCalculator.TooMuch);
}
