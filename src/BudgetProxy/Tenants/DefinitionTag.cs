using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tenants;

/// <summary>
/// Names one state of a definition: the same on every proxy and after a restart, and another one after any change. What lives beside a definition, such as
/// counters, is no part of it.
/// </summary>
internal static class DefinitionTag
{
    /// <summary>Bytes of the hash that are kept: two states of one thing never share them by chance.</summary>
    private const int Bytes = 12;

    public static string Of(Tenant tenant) => Of('t', DefinitionJson.Of(tenant));

    public static string Of(Plan plan) => Of('p', DefinitionJson.Of(plan));

    public static string Of(VirtualKey key) => Of('k', DefinitionJson.Of(key));

    /// <summary>A tenant's own budget and the same one of its plan are two.</summary>
    public static string Of(Budget budget) => Of('b', $"{budget.Plan} {DefinitionJson.Of(budget)}");

    private static string Of(char kind, string definition) =>
        kind + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(definition)).AsSpan(0, Bytes));
}
