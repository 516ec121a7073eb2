using System.Text.Json;
using System.Text.Json.Serialization;

namespace BudgetProxy.Demo;

/// <summary>
/// The simulated provider from another process: <c>GET /__calls</c> gives its books, <c>PUT /__script</c> with a <see cref="SimulatedAnswer"/> as
/// JSON makes every later call be answered that way. Neither counts as a call.
/// </summary>
internal static class SimulatedBooks
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static async Task HandleAsync(HttpContext context, SimulatedProvider provider)
    {
        if (HttpMethods.IsPut(context.Request.Method))
        {
            var answer = await JsonSerializer.DeserializeAsync<SimulatedAnswer>(context.Request.Body, Json, context.RequestAborted);
            provider.Script = _ => answer ?? new SimulatedAnswer();
            return;
        }

        context.Response.ContentType = "application/json";
        var books = new { count = provider.CallCount, billed = provider.Billed, calls = provider.Calls };
        await JsonSerializer.SerializeAsync(context.Response.Body, books, Json, context.RequestAborted);
    }
}
