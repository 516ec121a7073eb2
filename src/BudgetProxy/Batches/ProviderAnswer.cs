namespace BudgetProxy.Batches;

/// <summary>A provider's short answer, whole.</summary>
/// <param name="Status">HTTP status; 0 = none came.</param>
/// <param name="Dispatched">False = not a byte of the request left.</param>
/// <param name="Message">Its headers; null = none came. Its content was read.</param>
public sealed record ProviderAnswer(int Status, bool Dispatched, HttpResponseMessage? Message, byte[] Body) : IDisposable
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public void Dispose() => Message?.Dispose();
}
