namespace BudgetProxy.Core.Requests;

/// <summary>Reads the fields of one wire format; the cursor stands inside the body's object.</summary>
internal delegate void BodyReading(ref BodyCursor cursor, ProviderRequest request);
