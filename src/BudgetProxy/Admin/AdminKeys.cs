using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>Who makes an admin call.</summary>
internal static class AdminKeys
{
    /// <summary>The key that <see cref="AdminGate"/> let in.</summary>
    public static AdminKey AdminKey(this HttpContext context) => context.Features.Get<AdminKey>() ?? throw new InvalidOperationException("No admin gate stands before this call.");
}
