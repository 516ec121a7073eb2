using System.Globalization;
using System.Net;
using BudgetProxy.Stripe;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Stripe;

/// <summary>The forms of Stripe.net's own encoder: maps, indexed lists, empty lists, instants as seconds, nothing for null.</summary>
public sealed class StripeFormTests
{
    [Fact]
    public void Maps_lists_and_scalars_are_written_as_Stripe_reads_them()
    {
        var form = new StripeForm()
            .Add("string", "String!")
            .Add("payload", "stripe_customer_id", "cus_1")
            .Add("lookup_keys", ["a", "b"])
            .Add("array", [])
            .Add("int", 123)
            .Add("negative", -1L)
            .Add("flag", true)
            .Add("at", DateTimeOffset.FromUnixTimeMilliseconds(1_234_567_890_999))
            .Add("nothing", (string?)null)
            .Add("none", (long?)null)
            .Add("map", "key", null);
        Assert.Equal(
            "string=String%21&payload[stripe_customer_id]=cus_1&lookup_keys[0]=a&lookup_keys[1]=b&array=&int=123&negative=-1&flag=true&at=1234567890", form.ToString());
    }

    [Theory]
    [InlineData("a b&c=d", "a%20b%26c%3Dd")]
    [InlineData("+%[]", "%2B%25%5B%5D")]
    [InlineData("Grüße €", "Gr%C3%BC%C3%9Fe%20%E2%82%AC")]
    [InlineData("", "")]
    public void Keys_and_values_are_percent_encoded(string text, string encoded)
    {
        Assert.Equal($"k={encoded}", new StripeForm().Add("k", text).ToString());
        Assert.Equal($"metadata[{encoded}]=v", new StripeForm().Add("metadata", text, "v").ToString());
    }

    /// <summary>Whatever stands in it, a reader of forms gets it back, and no value can become another parameter.</summary>
    [Fact]
    public void Any_text_comes_out_as_it_went_in() => Prop.ForAll<string, string>((key, value) =>
    {
        // Half of a surrogate pair is no text.
        if (key is null || value is null || (key + value).Any(char.IsSurrogate))
            return true;
        var pair = Assert.Single(new StripeForm().Add("metadata", key, value).ToString().Split('&')).Split('=');
        return pair.Length == 2 && WebUtility.UrlDecode(pair[0]) == $"metadata[{key}]" && WebUtility.UrlDecode(pair[1]) == value;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00012000", "0.00012")]
    [InlineData("0.000000000001", "0.000000000001")]
    [InlineData("-1.50", "-1.5")]
    [InlineData("1000000", "1000000")]
    public void Decimals_are_never_written_with_an_exponent_or_a_comma(string value, string expected)
    {
        var before = CultureInfo.CurrentCulture;
        // A culture of our own: the process has only the invariant one.
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        german.NumberFormat.NegativeSign = "–";
        try
        {
            CultureInfo.CurrentCulture = german;
            Assert.Equal($"p={expected}", new StripeForm().Add("p", decimal.Parse(value, CultureInfo.InvariantCulture)).ToString());
            Assert.Equal("n=-7", new StripeForm().Add("n", -7L).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
