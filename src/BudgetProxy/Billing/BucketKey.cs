using System.Globalization;

namespace BudgetProxy.Billing;

/// <summary>Where a bucket stands in the order of buckets.</summary>
public readonly record struct BucketKey(string Tenant, string Meter, DateTimeOffset Hour, int Number)
{
    public static BucketKey Of(Bucket bucket) => new(bucket.Tenant, bucket.Meter, bucket.Hour, bucket.Number);

    /// <summary>The form that pages of lists are continued with. A tenant's id holds no slash.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tenant}/{Meter}/{Hour.ToUnixTimeSeconds()}/{Number}");

    public static bool TryParse(string text, out BucketKey key)
    {
        key = default;
        var parts = text.Split('/');
        if (parts.Length < 4 || !long.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253_402_300_799
            || !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        key = new BucketKey(parts[0], string.Join('/', parts[1..^2]), DateTimeOffset.FromUnixTimeSeconds(seconds), number);
        return true;
    }
}
