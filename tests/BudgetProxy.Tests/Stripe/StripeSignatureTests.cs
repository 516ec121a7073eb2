using System.Text;
using BudgetProxy.Stripe;

namespace BudgetProxy.Tests.Stripe;

public sealed class StripeSignatureTests
{
    private const string Secret = "whsec_test_secret";
    private const string Body = """{"id":"evt_1","type":"ping","note":"Grüße"}""";

    /// <summary>HMAC-SHA256 of "1760000000." and the body, made with Python's hmac module.</summary>
    private const string Known = "fd245a0e2ffe3469525bf7f001c1e64614c3ccb93a52b97bc471c0167d5af74d";

    private static readonly DateTimeOffset Signed = DateTimeOffset.FromUnixTimeSeconds(1_760_000_000);

    [Fact]
    public void A_signature_made_elsewhere_is_known() => Assert.Equal(SignatureVerdict.Valid, Verify($"t=1760000000,v1={Known}"));

    [Theory]
    [InlineData("t=1760000000,v1=KNOWN,v0=abc", SignatureVerdict.Valid)]
    [InlineData("t=1760000000,v1=0000000000000000000000000000000000000000000000000000000000000000,v1=KNOWN", SignatureVerdict.Valid)]
    [InlineData("v1=KNOWN, t=1760000000", SignatureVerdict.Valid)]
    [InlineData("t=1760000001,v1=KNOWN", SignatureVerdict.Wrong)]
    [InlineData("t=1760000000,v1=KNOWN,t=1760000000", SignatureVerdict.Malformed)]
    [InlineData("t=01760000000,v1=KNOWN", SignatureVerdict.Wrong)]
    [InlineData("t=-1760000000,v1=KNOWN", SignatureVerdict.Malformed)]
    [InlineData("t=,v1=KNOWN", SignatureVerdict.Malformed)]
    [InlineData("t=9999999999999999999999,v1=KNOWN", SignatureVerdict.Malformed)]
    [InlineData("t=1760000000,v0=KNOWN", SignatureVerdict.Malformed)]
    [InlineData("t=1760000000,v1=KNOWN00", SignatureVerdict.Malformed)]
    [InlineData("t=1760000000,V1=KNOWN", SignatureVerdict.Malformed)]
    [InlineData("t=1760000000", SignatureVerdict.Malformed)]
    [InlineData("v1=KNOWN", SignatureVerdict.Malformed)]
    [InlineData("=,=,", SignatureVerdict.Malformed)]
    [InlineData("nonsense", SignatureVerdict.Malformed)]
    [InlineData("", SignatureVerdict.Missing)]
    public void Only_the_documented_form_is_taken(string header, SignatureVerdict expected) =>
        Assert.Equal(expected, Verify(header.Replace("KNOWN", Known, StringComparison.Ordinal)));

    [Fact]
    public void Hex_is_lowercase() => Assert.Equal(SignatureVerdict.Wrong, Verify($"t=1760000000,v1={Known.ToUpperInvariant()}"));

    [Theory]
    [InlineData(0, SignatureVerdict.Valid)]
    [InlineData(300, SignatureVerdict.Valid)]
    [InlineData(301, SignatureVerdict.OutOfTime)]
    [InlineData(-300, SignatureVerdict.Valid)]
    [InlineData(-301, SignatureVerdict.OutOfTime)]
    public void It_holds_for_five_minutes_either_way(int seconds, SignatureVerdict expected) =>
        Assert.Equal(expected, Verify($"t=1760000000,v1={Known}", Signed.AddSeconds(seconds)));

    [Fact]
    public void Any_secret_and_no_other_will_do_and_every_byte_counts()
    {
        string?[] header = [$"t=1760000000,v1={Known}"];
        var bytes = Encoding.UTF8.GetBytes(Body);
        Assert.Equal(SignatureVerdict.Valid, StripeSignature.Verify(header, bytes, ["whsec_new", Secret], Signed));
        Assert.Equal(SignatureVerdict.Wrong, StripeSignature.Verify(header, bytes, ["whsec_new", Secret + "x"], Signed));
        Assert.Equal(SignatureVerdict.Wrong, StripeSignature.Verify(header, bytes, [], Signed));
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 1;
            Assert.Equal(SignatureVerdict.Wrong, StripeSignature.Verify(header, changed, [Secret], Signed));
        }

        Assert.Equal(SignatureVerdict.Wrong, StripeSignature.Verify(header, bytes.AsSpan(1), [Secret], Signed));
        Assert.Equal(SignatureVerdict.Missing, StripeSignature.Verify([header[0], header[0]], bytes, [Secret], Signed));
        Assert.Equal(SignatureVerdict.Missing, StripeSignature.Verify([], bytes, [Secret], Signed));
        Assert.Equal(SignatureVerdict.Malformed, StripeSignature.Verify([header[0] + new string(',', 5000)], bytes, [Secret], Signed));
    }

    private static SignatureVerdict Verify(string header, DateTimeOffset? now = null) =>
        StripeSignature.Verify([header], Encoding.UTF8.GetBytes(Body), [Secret], now ?? Signed);
}
