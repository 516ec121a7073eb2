using BudgetProxy.Tenants;
using Microsoft.OpenApi;
using static BudgetProxy.OpenApi.Schemas;

namespace BudgetProxy.OpenApi;

/// <summary>
/// The bodies that admin calls take. They are read field by field, each with a message of its own, and not into types, so what they are stands here.
/// </summary>
internal static class BodySchemas
{
    private const string ModelPatterns = "Model patterns with *.";

    /// <summary>By name, made anew at each call: a document takes them over.</summary>
    public static Dictionary<string, OpenApiSchema> Make() => new(StringComparer.Ordinal)
    {
        ["TenantDefinition"] = Object(
            "A tenant. What is left out, or null, has its default.",
            ("name", OptionalText("Display name.")),
            ("plan", OptionalText("Name of the plan whose budgets and limits it has beside its own; it must exist.")),
            ("timezone", OptionalText("IANA zone in which budgets without one of their own begin their windows; UTC where it is left out.")),
            ("stripeCustomerId", Customer()),
            ("markupPercent", Number("Added to what the provider takes, with at most two decimals.", "0", "1000")),
            ("allowedModels", Texts($"{ModelPatterns} Empty = its plan's, and without a plan all; [\"*\"] = all, whatever the plan says.", DirectoryRules.MaxAllowedModels)),
            ("maxCallUsd", Money("The most that one call may cost; left out = its plan's, and without a plan no ceiling.")),
            ("suspended", Flag("True = every call is refused with 403 tenant_suspended."))),
        ["KeyDefinition"] = Key("What a new key pins.", "name!"),
        ["KeyPatch"] = Key("What to change of a key; null takes a field away.", "name"),
        ["KeyRotation"] = Object(
            "How one key follows another.",
            ("overlapSeconds", Whole("For how long the old key goes on; a day where it is left out, 0 = it ends at once.", 0, 366 * 86_400)),
            ("expiresAt", Instant("When the new key ends; left out = never."))),
        ["BudgetDefinition"] = Budget("A limit for what matches, in a window.", required: true),
        ["BudgetPatch"] = Budget("What to change of a budget; null takes a field away.", required: false),
        ["PlanDefinition"] = Plan(),
        ["TopUp"] = Object(
            "What to add to a budget.",
            ("usd!", SignedMoney("Above 0; of prepaid credit an amount below 0 pays back that much.")),
            ("value", OptionalText("Of a budget with per: the one counter that is meant; left out = all of them."))),
        ["Reset"] = Object("Which counters to reset.", ("value", OptionalText("Of a budget with per: the one counter that is meant; left out = all of them."))),
        ["AdminKeyDefinition"] = Object(
            "An admin key.", ("name!", Text("To know it by.", 256)), ("role!", OneOf("viewer reads, finance reads and exports, admin does everything.", "viewer", "finance", "admin"))),
        ["RateDefinition"] = Rate(),
        ["RateFile"] = new() { Description = "The file as it is: LiteLLM's model_prices_and_context_window.json, or CSV.", Type = JsonSchemaType.Object | JsonSchemaType.String },
        ["InvoiceFile"] = new() { Description = "The provider's file of costs as it is.", Type = JsonSchemaType.String },
        ["DirectoryFile"] = new() { Description = "A directory file; GET /admin/v1/directory/schema says what it may hold.", Type = JsonSchemaType.Object | JsonSchemaType.String },
        ["Rerating"] = Rerating(),
        ["Workload"] = Workload(),
        ["StripeSetup"] = Object(
            "What a setup of Stripe is to do.",
            ("createCustomers", Flag("True = a tenant that has no customer gets one, some hundreds in a run.")),
            ("markupPercent", Number("Of the price, with at most two decimals; needed where the markup is in the price, refused where it is in the values.", "0", "1000")),
            ("secondUnitCents", OptionalText("US cents for one unit of the second meter, with at most 12 decimals; left out = it gets no price."))),
        ["WriteOff"] = Object("Usage to give up.", ("reason!", Text("Why; it stands in the audit trail.", 500))),
        ["WebhookDefinition"] = Object(
            "Where alerts are sent.",
            ("url!", Text("https, or http where the configuration allows it.")),
            ("events", Texts("Kinds of alerts; empty = all.", 100)),
            ("tenants", Texts("Ids of tenants; left out = all.", 1000)),
            ("enabled", Flag("False = nothing is sent."))),
    };

    private static OpenApiSchema Key(string description, string name) => Object(
        description,
        (name, Text("To know it by.", 256)),
        ("user", OptionalText("Every call counts as this user's, whatever it says.")),
        ("project", OptionalText("Every call counts as this project's, whatever it says.")),
        ("allowedModels", Texts($"{ModelPatterns} Empty = all that the tenant may use.", DirectoryRules.MaxAllowedModels)),
        ("expiresAt", Instant("From then on calls with it are refused; left out = never.")));

    private static OpenApiSchema Budget(string description, bool required, params (string, IOpenApiSchema)[] before) => Object(
        description,
        [
            .. before,
            ("per", OptionalText("A counter for each user, project, key, model, run or tag:{name}; left out = one for all.")),
            ("match", Map("Which calls count: patterns with * by user, project, key, model, provider or tag:{name}; empty = all.", Text(null, 256))),
            (required ? "limit!" : "limit", Object(
                "Exactly one of the four.", ("usd", Money("What providers take.")), ("requests", Whole("Calls.")), ("tokens", Whole("Tokens, in and out.")),
                ("chargedUsd", Money("What the customer is charged: the cost with the tenant's markup.")))),
            (required ? "window!" : "window", Text("minute, hour, day, week, month, quarter, year, lifetime, or rolling:{ISO 8601 duration}, such as rolling:P30D.")),
            ("timezone", OptionalText("IANA zone in which the window begins; left out = the tenant's.")),
            ("mode", OneOf("enforce refuses; shadow only says that it would have.", "enforce", "shadow")),
            ("admission", OneOf("What of a call must fit: its worst case, an output limit that is lowered until it does, or what is expected of it.", "strict", "clamp", "expected")),
            ("alertAt", List("Shares of the limit at which to alert: 0.5 = half. At most two decimals.", Number("A share.", "0.01", "10"), 20)),
        ]);

    private static OpenApiSchema Customer()
    {
        var customer = OptionalText("Its customer at Stripe, cus_…, to which its usage is sent; left out = what it uses waits.", 255);
        customer.Pattern = "^cus_[A-Za-z0-9_]+$";
        return customer;
    }

    private static OpenApiSchema Plan() => Object(
        "Limits that many tenants share.",
        ("name", Text("Must be the name in the path where it is given.", 64)),
        ("budgets", List(
            "Each tenant on the plan has them, with counters of its own, unless it has its own budget by that name.",
            Budget("A budget of the plan.", required: true, ("name!", Text("Unique within the plan.", 64))), DirectoryRules.MaxBudgetsPerTenant)),
        ("allowedModels", Texts($"{ModelPatterns} For tenants that have none of their own; empty = all.", DirectoryRules.MaxAllowedModels)),
        ("maxCallUsd", Money("The most that one call may cost, for tenants that set none; left out = no ceiling.")),
        ("included", Object(
            "Free in each calendar month of UTC, before usage is billed: exactly one of the three. Left out = nothing.",
            ("usd", Money("Of what the customer is charged, its markup among it.")), ("requests", Whole("Calls.")), ("tokens", Whole("Tokens, in and out.")))),
        ("billing", OneOf("metered is billed afterwards; prepaid takes from what was topped up.", "metered", "prepaid")),
        ("tenants", new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "Passed over, so that an answer can be put again." }));

    private static OpenApiSchema Rate()
    {
        var price = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Number | JsonSchemaType.Null, Description = "USD, read as it is written.", Pattern = @"^[0-9]+(\.[0-9]+)?$" };
        var tier = Map("Prices of a million tokens by class: input, cachedInput, cacheWriteShort, cacheWriteLong, output.", price);
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "A rate row. Prices of tokens are stated whole; all else that is left out stays as in the row that this one follows. What an answer shows can be put again.",
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["effectiveFrom"] = Instant("From when it holds; left out = now."),
                ["percentOfList"] = Number("Of a tenant's own row: its share of the list price, in place of prices.", "0", "1000"),
                ["usdPerMillion"] = Map("By tier: standard, and where there are any batch, flex, fast.", tier),
                ["longContextThreshold"] = Whole("Input tokens above which longContextUsdPerMillion holds for the whole request."),
                ["longContextUsdPerMillion"] = Map("By tier.", tier),
                ["regionalMultiplier"] = Number("On all token prices where a call is tied to a region.", "1", "10"),
                ["toolCallUsd"] = price,
                ["fileSearchUsd"] = price,
                ["codeSessionUsd"] = price,
                ["requestUsd"] = price,
                ["aliases"] = Texts("Other ids that mean this very model.", 100),
                ["matchesFineTunes"] = Flag("True = fine-tunes of the model are billed by it."),
                ["autoCacheWrite"] = Flag("True = the provider writes its cache, and charges for it, without being asked."),
                ["mode"] = OptionalText("What the model is for, such as chat."),
                ["profile"] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "How its tokens are counted, and its limits." },
                ["sources"] = Texts("Where the prices were read.", 100),
                ["confidence"] = OptionalText("How good that evidence is."),
                ["notes"] = OptionalText("Anything else.", 4000),
            },
        };
    }

    private static OpenApiSchema Rerating() => Object(
        "Which entries to price again.",
        ("from!", Instant("Settled at this instant or later.")),
        ("to", Instant("Settled before this instant; now where it is left out.")),
        ("tenant", OptionalText("Only this tenant's.")),
        ("provider", OptionalText("Only this provider's.")),
        ("model", OptionalText("Only this model's.")),
        ("apply", Flag("True = book the difference; takes an admin, and the preview's id, from and to.")),
        ("id", OptionalText("The preview's.")));

    private static OpenApiSchema Workload() => Object(
        "A workload that is not a request yet.",
        ("models!", Texts("Models to compare, such as gpt-4o-mini or anthropic/claude-haiku-4-5.", 100)),
        ("requests", Whole("Requests in all; 1 where it is left out.")),
        ("inputTokens", Whole("Input of each, after a cached prefix.")),
        ("inputs", List(
            "In place of requests and inputTokens, where requests differ.", Object("So many alike.", ("requests", Whole("Requests.")), ("tokens", Whole("Input of each."))))),
        ("outputTokens", Whole("Output of each.")),
        ("cachedPrefixTokens", Whole("What all requests begin with.")),
        ("cache", OneOf("Whether the provider's cache is used, and for how long.", "on", "off", "1h")),
        ("requestsPerWrite", Whole("Requests that one write to the cache serves.")),
        ("cacheLifetimeSeconds", Whole("How long the cache stays warm.")),
        ("per", OneOf("What time the requests are spread over.", "minute", "hour", "day", "week", "month", "year")),
        ("tier", OneOf("Which prices.", "standard", "batch", "flex", "fast")),
        ("batch", Flag("True = the same as the tier batch.")),
        ("regional", Flag("True = tied to a region.")),
        ("toolCalls", Whole("Server-side tool calls of each request.")),
        ("at", Text("By the rates of this instant: RFC 3339, or a date in UTC.")),
        ("tenant", OptionalText("By this tenant's own prices before the list's.")));
}
