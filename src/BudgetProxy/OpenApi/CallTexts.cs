using BudgetProxy.OpenApi.Calls;

namespace BudgetProxy.OpenApi;

/// <summary>Every admin call by method and route below <c>/admin/v1</c>. A test holds it to the routes that there are.</summary>
internal static class CallTexts
{
    private static readonly Dictionary<string, CallText> All = new[]
    {
        DirectoryCalls.All, ReportCalls.All, AlertCalls.All, StripeCalls.All, BillingCalls.All, InvoiceCalls.All,
    }.SelectMany(texts => texts)
        .ToDictionary(StringComparer.Ordinal);

    /// <param name="name">Such as <c>PUT /tenants/{tenant}</c>.</param>
    public static CallText? Find(string name) => All.GetValueOrDefault(name);

    public static IEnumerable<string> Names => All.Keys;
}
