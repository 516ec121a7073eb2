using System.Globalization;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>A streamed answer that is being read.</summary>
internal sealed class OpenStream
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private OpenStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _lines = new StreamReader(body);
    }

    /// <summary>The settled cost in USD, once the answer has been read to its end; 0 = the answer has none.</summary>
    public decimal CostTrailer => _response.TrailingHeaders.TryGetValues("X-BudgetProxy-Cost-Usd", out var values)
        ? decimal.Parse(values.Single(), CultureInfo.InvariantCulture)
        : 0m;

    public static async Task<OpenStream> OfAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}");
        return new OpenStream(response, await response.Content.ReadAsStreamAsync());
    }

    public async Task ReadLinesAsync(int count)
    {
        for (var i = 0; i < count; i++)
            Assert.NotNull(await _lines.ReadLineAsync());
    }

    /// <exception cref="IOException">The answer was broken off.</exception>
    public async Task<List<string>> ReadToEndAsync()
    {
        var rest = new List<string>();
        while (await _lines.ReadLineAsync() is { } line)
            rest.Add(line);
        return rest;
    }
}
