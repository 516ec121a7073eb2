namespace BudgetProxy.Demo;

/// <summary>How to go on with a real provider.</summary>
internal static class DemoNextSteps
{
    public const string Text = """
        To go on with a real provider:

          export BudgetProxy__Providers__openai__ApiKey=sk-...      # and/or anthropic
          export BudgetProxy__AdminKey=choose-a-long-one
          dotnet run --project src/BudgetProxy -c Release           # http://127.0.0.1:8080, state in ./data

          admin() { curl -s -X "$1" "http://127.0.0.1:8080/admin/v1/$2" -d "$3" \
                    -H "Authorization: Bearer $BudgetProxy__AdminKey" -H 'Content-Type: application/json'; }
          admin PUT  tenants/acme '{"name":"Acme"}'
          admin PUT  tenants/acme/budgets/monthly '{"limit":{"usd":"5.00"},"window":"month"}'
          admin POST tenants/acme/keys '{"name":"first"}'            # shows the key, bp_..., this once

        Then use that key where the provider's own key stood:

          curl http://127.0.0.1:8080/openai/v1/chat/completions -H 'Authorization: Bearer bp_...' \
               -H 'Content-Type: application/json' \
               -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}'

          Python  OpenAI(base_url="http://127.0.0.1:8080/openai/v1", api_key="bp_...")
                  Anthropic(base_url="http://127.0.0.1:8080/anthropic", api_key="bp_...")
          Node    new OpenAI({ baseURL: "http://127.0.0.1:8080/openai/v1", apiKey: "bp_..." })
                  new Anthropic({ baseURL: "http://127.0.0.1:8080/anthropic", apiKey: "bp_..." })
          .NET    new ChatClient("gpt-4o-mini", new ApiKeyCredential("bp_..."),
                      new OpenAIClientOptions { Endpoint = new Uri("http://127.0.0.1:8080/openai/v1") })
                  new AnthropicClient { BaseUrl = "http://127.0.0.1:8080/anthropic", ApiKey = "bp_..." }
        """;
}
