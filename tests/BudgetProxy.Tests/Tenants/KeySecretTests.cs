using System.Security.Cryptography;
using System.Text;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Tenants;

public sealed class KeySecretTests
{
    [Fact]
    public void A_key_has_its_kind_43_random_characters_and_a_checksum()
    {
        var key = KeySecret.NewVirtual();
        Assert.Matches("^bp_[0-9A-Za-z]{49}$", key.Text);
        Assert.Matches("^bpa_[0-9A-Za-z]{49}$", KeySecret.NewAdmin().Text);
        Assert.All((KeySecret[])[key, KeySecret.NewVirtual(), KeySecret.NewAdmin()], made => Assert.Equal(Checksum(made.Text[^49..^6]), made.Text[^6..]));
    }

    /// <summary>CRC-32C of the random characters in base62, bit by bit: what a scanner for leaked keys computes.</summary>
    private static string Checksum(string random)
    {
        var crc = uint.MaxValue;
        foreach (var character in random)
        {
            crc ^= character;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
        }

        crc = ~crc;
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var text = "";
        for (var i = 0; i < 6; i++, crc /= 62)
            text = Digits[(int)(crc % 62)] + text;
        return text;
    }

    [Fact]
    public void Keys_differ_and_do_not_print_themselves()
    {
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => KeySecret.NewVirtual().Text).Distinct(StringComparer.Ordinal).Count());
        var key = KeySecret.NewVirtual();
        Assert.Equal(key.Prefix + "…", key.ToString());
        Assert.Equal(11, key.Prefix.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bp_abc")]
    [InlineData("ключ€😀")]
    public void The_hash_is_the_sha_256_of_the_utf_8_text(string text)
    {
        var sha256 = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        Assert.Equal(sha256, KeyHash.Of(text).ToArray());
        Assert.Equal(new KeyHash(sha256), KeyHash.Of(text));
        Assert.DoesNotContain(Convert.ToHexString(sha256), KeyHash.Of(text).ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Hashes_that_differ_in_one_bit_are_not_equal()
    {
        var sha256 = SHA256.HashData("x"u8);
        for (var bit = 0; bit < 256; bit++)
        {
            var changed = (byte[])sha256.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(new KeyHash(sha256), new KeyHash(changed));
        }
    }
}
