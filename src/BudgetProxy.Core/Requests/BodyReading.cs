namespace BudgetProxy.Core.Requests;

/// <summary>Reads the fields of one object, a body or a part of one; the cursor stands inside it.</summary>
internal delegate void BodyReading(ref BodyCursor cursor, ProviderRequest request);
