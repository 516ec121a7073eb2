namespace BudgetProxy.OpenApi.Calls;

/// <summary>Tenants, plans, keys, budgets, rates and admin keys.</summary>
internal static class DirectoryCalls
{
    public static readonly Dictionary<string, CallText> All = new(StringComparer.Ordinal)
    {
        ["GET /whoami"] = new("whoAmI", "The admin key in use and its role."),
        ["GET /tenants"] = new("listTenants", "Tenants, searched and sorted, with what they spent this month.", null, "search", "sort", "limit", "after"),
        ["GET /tenants/{tenant}"] = new("getTenant", "A tenant's own definition."),
        ["PUT /tenants/{tenant}"] = new("putTenant", "Makes a tenant, or replaces its definition: what is left out goes back to its default. Keys and budgets stay.", "TenantDefinition"),
        ["PATCH /tenants/{tenant}"] = new("patchTenant", "Changes some fields of a tenant (JSON Merge Patch, RFC 7396).", "TenantDefinition") { BodyTypes = Patches },
        ["DELETE /tenants/{tenant}"] = new("deleteTenant", "Deletes a tenant with its keys and budgets; its ledger stays. One with a prepaid balance only with discardBalance.", null, "discardBalance"),
        ["GET /tenants/{tenant}/keys"] = new("listKeysOfTenant", "A tenant's virtual keys, without their secrets.", null, "revoked", "expiresBefore", "limit", "after"),
        ["GET /keys"] = new("listKeys", "All tenants' virtual keys, such as those that are about to expire.", null, "revoked", "expiresBefore", "limit", "after"),
        ["GET /tenants/{tenant}/keys/{id}"] = new("getKey", "One virtual key, without its secret."),
        ["POST /tenants/{tenant}/keys"] = new("issueKey", "Makes a virtual key. The answer is the only place where the key itself is ever shown.", "KeyDefinition"),
        ["PATCH /tenants/{tenant}/keys/{id}"] = new("patchKey", "Changes some fields of a key (JSON Merge Patch); its secret stays.", "KeyPatch") { BodyTypes = Patches },
        ["POST /tenants/{tenant}/keys/{id}/rotate"] = new(
            "rotateKey", "Makes a key that pins the same as this one, which goes on for the overlap and then ends.", "KeyRotation") { BodyMayBeEmpty = true },
        ["DELETE /tenants/{tenant}/keys/{id}"] = new("revokeKey", "Stops a key at once and for good."),
        ["GET /tenants/{tenant}/budgets"] = new("listBudgets", "The budgets in force for a tenant, its plan's included, with their live counters.", null, "limit", "after"),
        ["GET /tenants/{tenant}/budgets/{name}"] = new("getBudget", "One budget with its live counters."),
        ["PUT /tenants/{tenant}/budgets/{name}"] = new(
            "putBudget", "Makes or replaces a budget of the tenant's own, which stands before one of its plan by that name.", "BudgetDefinition"),
        ["PATCH /tenants/{tenant}/budgets/{name}"] = new("patchBudget", "Changes some fields of a budget (JSON Merge Patch).", "BudgetPatch") { BodyTypes = Patches },
        ["DELETE /tenants/{tenant}/budgets/{name}"] = new("deleteBudget", "Deletes a budget of the tenant's own; one of its plan by that name comes into force."),
        ["GET /tenants/{tenant}/balance"] = new("getBalance", "The prepaid credit of a tenant, as it is charged; below zero after an overrun. 404 where it has none."),
        ["POST /tenants/{tenant}/budgets/{name}/topup"] = new("topUpBudget", "Raises what may be spent in the present window; in a lifetime budget for good.", "TopUp"),
        ["POST /tenants/{tenant}/budgets/{name}/reset"] = new(
            "resetBudget", "Begins the present window anew: spent and held are 0, top-ups stay, the ledger too.", "Reset") { BodyMayBeEmpty = true },
        ["GET /plans"] = new("listPlans", "Plans, each with how many tenants are on it.", null, "limit", "after"),
        ["GET /plans/{plan}"] = new("getPlan", "One plan."),
        ["PUT /plans/{plan}"] = new("putPlan", "Makes or replaces a plan; it holds for every tenant on it at once.", "PlanDefinition"),
        ["DELETE /plans/{plan}"] = new("deletePlan", "Deletes a plan that no tenant is on."),
        ["GET /rates"] = new("listRates", "Rate rows, by default those in force for everybody.", null, "provider", "model", "rates.tenant", "at", "history", "limit", "after"),
        ["PUT /rates/{provider}/{model}"] = new("putRate", "Adds a rate row for everybody. Rows are never edited, only followed.", "RateDefinition"),
        ["PUT /tenants/{tenant}/rates/{provider}/{model}"] = new("putRateOfTenant", "Adds a rate row for one tenant.", "RateDefinition"),
        ["POST /rates/import"] = new(
            "importRates", "Shows what a file of prices would change, and applies it with apply=true.", "RateFile", "import.format", "import.effectiveFrom", "apply",
            "import.id", "acceptWarnings", "skipInvalid", "import.view")
        {
            BodyTypes = ["application/json", "text/csv"], Texts = ["text/plain"],
        },
        ["POST /rates/rerate"] = new("rerate", "Shows what a past period costs by the rates of now, and books the difference with apply.", "Rerating"),
        ["GET /directory"] = new("exportDirectory", "Tenants, plans, keys and budgets as a directory file.") { Texts = ["application/yaml"] },
        ["POST /directory"] = new("applyDirectory", "Shows what a directory file would change, and applies it with apply=true, whole or not at all.", "DirectoryFile", "apply", "prune")
        {
            BodyTypes = ["application/yaml", "application/json"],
        },
        ["GET /directory/schema"] = new("getDirectorySchema", "The JSON schema of a directory file.") { Texts = ["application/schema+json"] },
        ["GET /admin-keys"] = new("listAdminKeys", "Admin keys, without their secrets.", null, "limit", "after"),
        ["POST /admin-keys"] = new("issueAdminKey", "Makes an admin key. The answer is the only place where the key itself is ever shown.", "AdminKeyDefinition"),
        ["DELETE /admin-keys/{id}"] = new("deleteAdminKey", "Removes an admin key; the last one with the role admin stays."),
    };

    private static string[] Patches => ["application/merge-patch+json", "application/json"];
}
