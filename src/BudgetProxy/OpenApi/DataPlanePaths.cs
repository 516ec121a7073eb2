using Microsoft.OpenApi;
using static BudgetProxy.OpenApi.Schemas;

namespace BudgetProxy.OpenApi;

/// <summary>The calls of the data plane that have a shape of their own: estimates, and checks from code that calls its provider itself.</summary>
internal sealed class DataPlanePaths(OpenApiDocument document)
{
    public const string VirtualKey = "virtualKey";

    private const string Tag = "calls";

    /// <summary>Adds the paths and their schemas.</summary>
    public void Add()
    {
        var schemas = document.Components!.Schemas!;
        schemas["CallEstimate"] = CallEstimate();
        schemas["Use"] = Use("What a call will use, or has used.");
        schemas["ReservationRequest"] = Use("What to reserve: priced at its worst.", Caller());
        schemas["CheckRequest"] = Use("What to ask about; anything may be left out.", Caller());
        schemas["CheckAnswer"] = CheckAnswer();
        schemas["Reservation"] = Reservation();
        schemas["Refusal"] = Refusal();

        Add("/v1/estimate/{provider}/{route}", HttpMethod.Post, Estimate());
        Add("/v1/check", HttpMethod.Post, Operation("check", "Would a call be let through? Always 200; nothing is held.", "CheckRequest", 200, "CheckAnswer"));
        var reserve = Operation("reserve", "Holds money for a call that goes to its provider by itself.", "ReservationRequest", 201, "Reservation");
        reserve.Parameters = [Header("Idempotency-Key", "A repeat under it is answered as the first was.")];
        Add("/v1/reservations", HttpMethod.Post, reserve);
        Add("/v1/reservations/{id}", HttpMethod.Get, OfId(Operation("getReservation", "A reservation as it stands.", null, 200, "Reservation")));
        Add("/v1/reservations/{id}/settle", HttpMethod.Post, OfId(Operation("settleReservation", "Books what was used, and ends the reservation.", "Use", 200, "Reservation")));
        Add("/v1/reservations/{id}/void", HttpMethod.Post, OfId(Operation("voidReservation", "Ends the reservation: nothing was used.", null, 200, "Reservation")));

        schemas["UsageRecord"] = Use(
            "Usage that was not reserved.",
            [("id", Text("The caller's own name for it: booked once, whatever is repeated.")), ("at", Instant("When; left out = now.")), .. Caller()]);
        schemas["BookedUsage"] = BookedUsage();
        Add("/v1/usage", HttpMethod.Post, BookUsage());
        schemas["RunRequest"] = Object("A run's own limit.", [("limitUsd", Money("What all calls of the run may cost together."))]);
        schemas["Run"] = Run();
        Add("/v1/runs/{run}", HttpMethod.Put, OfRun(Operation("putRun", "Gives an agent run a limit of its own, or another.", "RunRequest", 200, "Run")));
        Add("/v1/runs/{run}", HttpMethod.Get, OfRun(Operation("getRun", "A run as it stands.", null, 200, "Run")));
        Add("/v1/runs/{run}/end", HttpMethod.Post, OfRun(Operation("endRun", "Takes no further call of the run; what is in flight settles.", null, 200, "Run")));
    }

    private void Add(string path, HttpMethod method, OpenApiOperation operation)
    {
        if (!document.Paths.TryGetValue(path, out var item))
            document.Paths[path] = item = new OpenApiPathItem { Operations = [] };
        item.Operations![method] = operation;
    }

    private OpenApiOperation Estimate()
    {
        var operation = Operation("estimateCall", "What a call would cost and whether it would be let through; forwards and reserves nothing.", null, 200, "CallEstimate");
        operation.Parameters =
        [
            Path("provider", "Such as openai."), Path("route", "Such as chat/completions; it may hold slashes."),
            new OpenApiParameter { Name = "service_tier", In = ParameterLocation.Query, Description = "batch = by batch prices.", Schema = OneOf(null, "batch") },
        ];
        operation.RequestBody = Body(new OpenApiSchema { Type = JsonSchemaType.Object, Description = "The body that the provider's route takes." });
        return operation;
    }

    private OpenApiOperation Operation(string id, string summary, string? body, int status, string answer) => new()
    {
        OperationId = id,
        Summary = summary,
        Description = "Takes a tenant's virtual key where a provider's own key would stand.",
        Tags = new HashSet<OpenApiTagReference> { new(Tag, document) },
        Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(VirtualKey, document)] = [] }],
        RequestBody = body is null ? null : Body(new OpenApiSchemaReference(body, document)),
        Responses = new OpenApiResponses
        {
            [$"{status}"] = new OpenApiResponse { Description = "OK", Content = Json(new OpenApiSchemaReference(answer, document)) },
            ["default"] = new OpenApiResponse
            {
                Description = "A refusal, with X-BudgetProxy-Code; of an estimate in the provider's own error shape.", Content = Json(new OpenApiSchemaReference("Refusal", document)),
            },
        },
    };

    private static OpenApiOperation OfId(OpenApiOperation operation)
    {
        operation.Parameters = [Path("id", "As the reservation was answered.")];
        return operation;
    }

    private static OpenApiOperation OfRun(OpenApiOperation operation)
    {
        operation.Parameters = [Path("run", "As calls name it in X-BudgetProxy-Run.")];
        return operation;
    }

    private OpenApiOperation BookUsage()
    {
        var operation = Operation("bookUsage", "Books usage that was not reserved: one object, or JSON lines that are each told of.", "UsageRecord", 200, "BookedUsage");
        operation.RequestBody!.Content!["application/x-ndjson"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference("UsageRecord", document) };
        return operation;
    }

    private static OpenApiParameter Path(string name, string text) =>
        new() { Name = name, In = ParameterLocation.Path, Required = true, Description = text, Schema = Text(null) };

    private static OpenApiParameter Header(string name, string text) => new() { Name = name, In = ParameterLocation.Header, Description = text, Schema = Text(null, 256) };

    private static OpenApiRequestBody Body(IOpenApiSchema schema) => new() { Required = true, Content = Json(schema) };

    private static Dictionary<string, OpenApiMediaType> Json(IOpenApiSchema schema) =>
        new(StringComparer.Ordinal) { ["application/json"] = new OpenApiMediaType { Schema = schema } };

    private static (string, IOpenApiSchema)[] Caller() =>
    [
        ("user", OptionalText("Whom it counts for; a pin on the key wins.")), ("project", OptionalText("Likewise.")), ("run", OptionalText("Likewise.")),
        ("tags", Map("Tags by name.", Text(null, 256))), ("ttlSeconds", Whole("For how long the reservation may stay open.", 1, 86_400)),
        ("cacheWrite", OneOf("The dearest cache write that input may turn out to be.", "none", "short", "long")),
    ];

    private static OpenApiSchema Use(string description, params (string, IOpenApiSchema)[] more) => Object(
        description,
        [
            ("provider", Text("Such as openai; of a settlement left out.")), ("model", Text("The model; of a settlement left out.")),
            ("inputTokens", Whole("All input.")), ("cachedInputTokens", Whole("Of it, read from a cache.")), ("cacheWriteInputTokens", Whole("Of it, written to a cache for minutes.")),
            ("cacheWriteLongInputTokens", Whole("Of it, written for an hour.")), ("outputTokens", Whole("All output.")),
            ("reasoningTokens", Whole("Of the output.")), ("audioInputTokens", Whole("Of the input.")), ("audioOutputTokens", Whole("Of the output.")),
            ("imageInputTokens", Whole("Of the input.")), ("imageOutputTokens", Whole("Of the output.")),
            ("toolCalls", Whole("Web searches on the provider's side.")), ("fileSearches", Whole("File searches there.")), ("codeSessions", Whole("Sessions of code there.")),
            ("costUsd", Money("In place of the price of the tokens.")), ("serviceTier", OneOf("Which prices.", "standard", "batch", "flex", "fast")),
            ("regional", Flag("True = tied to a region.")), .. more,
        ]);

    private static OpenApiSchema CallEstimate() => Answer(
        "What the call would cost and whether it would be let through.",
        ("model", Text("As the call names it.")), ("rate", Text("The rate row that prices it.")),
        ("tokens", Answer(
            "How it is counted.", ("input", Whole("Tokens in.")), ("inputBound", Whole("The bound of them, which is reserved.")), ("cachedInput", Whole("Those a cache may serve.")),
            ("maxOutput", Whole("Tokens out at most.")), ("method", OneOf("How.", "exact", "calibrated", "bound")))),
        ("costUsd", Answer("USD.", ("expected", Money("What is expected.")), ("worst", Money("The worst case, which is reserved.")))),
        ("chargedUsd", Answer(
            "The same as the account is charged; only where a budget of it limits that.", ("expected", Money("What is expected.")), ("worst", Money("The worst case.")))),
        ("decision", OneOf("What the call would meet.", "allow", "clamp", "refuse")),
        ("budgets", List("Each matching budget.", Answer(
            "A budget.", ("name", Text("Its name.")), ("remainingUsd", Money("What remains; of other limits another field.")),
            ("remainingChargedUsd", Money("What remains of a limit of what the account is charged.")), ("fits", Flag("Whether the call fits."))))));

    private static OpenApiSchema CheckAnswer() => Answer(
        "A verdict.",
        ("allowed", Flag("Whether the call would be let through.")), ("code", Text("Why not.")), ("message", Text("Why not, in a sentence.")), ("budget", Text("The budget that refuses, or has the least left.")),
        ("spentUsd", Money("Spent of it.")), ("limitUsd", Money("Its limit.")), ("remainingUsd", Money("What remains.")), ("resetsAt", Instant("When it begins anew.")),
        ("retryAfterSeconds", Whole("When to ask again.")), ("costUsd", Money("What the call may cost.")),
        ("unit", Text("Where the limit is not in cost: requests, tokens, or chargedUsd = dollars that the account is charged.")),
        ("chargedUsd", Money("What the account may be charged for the call, where unit is chargedUsd.")));

    private static OpenApiSchema Reservation() => Answer(
        "A reservation. What an answer does not say is left out of it.",
        ("id", Text("Names it.")), ("state", OneOf("How it stands.", "held", "expired", "settled", "voided")), ("provider", Text("The provider.")), ("model", Text("The model.")),
        ("rate", Text("The rate row that prices it.")), ("costUsd", Money("Reserved, or once settled what it costs.")), ("chargedUsd", Money("With markup.")),
        ("reservedUsd", Money("What was reserved.")), ("overrunUsd", Money("The part above that.")), ("remainingUsd", Money("In the tightest budget.")), ("expiresAt", Instant("When it is charged unless it was settled.")));

    private static OpenApiSchema BookedUsage() => Answer(
        "What was booked: of one object its fields, of JSON lines the counts and an item for each line.",
        ("id", Text("As given.")), ("status", OneOf("What became of it.", "booked", "duplicate", "error")), ("entry", Text("The ledger entry's id.")),
        ("costUsd", Money("What it costs.")), ("chargedUsd", Money("With markup.")), ("booked", Whole("Lines booked.")), ("duplicates", Whole("Lines that were there before.")),
        ("errors", Whole("Lines at fault.")), ("items", List("Each line.", Answer(
            "A line.", ("line", Whole("Its number.")), ("id", Text("As given.")), ("status", OneOf("What became of it.", "booked", "duplicate", "error")),
            ("code", Text("Why not.")), ("message", Text("Why not, in a sentence."))))));

    private static OpenApiSchema Run() => Answer(
        "An agent run with a limit of its own.",
        ("run", Text("Its name.")), ("state", OneOf("Whether it takes calls.", "open", "ended")), ("limitUsd", Money("Its limit.")), ("spentUsd", Money("Settled.")),
        ("heldUsd", Money("Reserved by calls in flight.")), ("remainingUsd", Money("Limit less both.")), ("startedAt", Instant("When it was made.")), ("endedAt", Instant("When it was ended.")));

    private static OpenApiSchema Refusal() => Answer(
        "An error.", ("error", Answer("What is wrong.", ("message", Text("In a sentence.")), ("type", Text("Kind.")), ("param", OptionalText("The field.")), ("code", OptionalText("As X-BudgetProxy-Code.")))));

    /// <summary>An answer may hold more than is told here.</summary>
    private static OpenApiSchema Answer(string description, params (string, IOpenApiSchema)[] fields)
    {
        var schema = Object(description, fields);
        schema.AdditionalPropertiesAllowed = true;
        return schema;
    }
}
