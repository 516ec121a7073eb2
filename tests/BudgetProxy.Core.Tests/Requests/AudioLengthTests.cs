using System.Buffers.Binary;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Rates;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Requests;

/// <summary>One token for each 100 ms, by what the audio is and not by what its header claims.</summary>
public sealed class AudioLengthTests
{
    public static TheoryData<string, byte[]> Unreadable => new()
    {
        { "nothing", [] },
        { "noise", [.. Enumerable.Repeat((byte)7, 500)] },
        { "flac, which packs silence to nothing", [.. "fLaC"u8, .. new byte[500]] },
        { "flac behind an mp3 tag", [.. "ID3\u0003\0\0\0\0\0\0"u8, .. "fLaC"u8, .. new byte[500]] },
        { "ogg", [.. "OggS"u8, .. new byte[500]] },
        { "one sample a second", Wav(1, 1, 1, 8, 500) },
        { "a rate that its block does not give", Wav(1, 16_000, 1, 16, 500, bytesPerSecond: 1_000_000) },
        { "compressed samples", Wav(0x11, 16_000, 1, 16, 500) },
        { "mu-law that claims two bytes a sample", Wav(7, 16_000, 1, 16, 500) },
        { "samples of twelve bits", Wav(1, 16_000, 1, 12, 500) },
        { "extensible, of compressed samples", Extensible(0x11) },
        { "two formats", [.. Wav(1, 16_000, 2, 16, 0)[..36], .. Wav(1, 16_000, 2, 16, 500)[12..]] },
        { "samples before their format", [.. Wav(1, 16_000, 1, 16, 500)[..12], .. "data"u8, 4, 0, 0, 0, 1, 2, 3, 4, .. new byte[30]] },
        { "cut", Wav(1, 16_000, 1, 16, 500)[..30] },
        { "mp3 of a free bit rate", [0xFF, 0xFB, 0x00, 0, .. new byte[500]] },
        { "layer II", [0xFF, 0xFD, 0x90, 0, .. new byte[500]] },
    };

    [Theory]
    [InlineData(1, 16_000, 1, 16, 10)]
    [InlineData(1, 44_100, 2, 24, 3)]
    [InlineData(3, 48_000, 1, 32, 5)]
    [InlineData(7, 8_000, 1, 8, 60)]
    public void A_wav_costs_ten_a_second(int tag, int rate, int channels, int bits, int seconds)
    {
        var wav = Wav(tag, rate, channels, bits, seconds * rate * channels * bits / 8);
        var (expected, bound) = AudioLength.Tokens(Written(wav))!.Value;
        Assert.Equal(expected, bound);
        Assert.InRange(bound, seconds * 10, (seconds * 10) + 1);
    }

    [Fact]
    public void Chunks_before_the_samples_are_passed_over()
    {
        var wav = Wav(1, 16_000, 1, 16, 32_000);
        byte[] junk = [.. wav[..12], .. "JUNK"u8, 3, 0, 0, 0, 1, 2, 3, 0, .. wav[12..]];
        Assert.Equal(AudioLength.Tokens(Written(wav)), AudioLength.Tokens(Written(junk)));
    }

    [Fact]
    public void An_extensible_wav_is_what_its_samples_are() => Assert.InRange(AudioLength.Tokens(Written(Extensible(1)))!.Value.Bound, 10, 11);

    // A claim of few samples must not make what follows free.
    [Fact]
    public void The_size_counts_not_the_length_that_the_header_claims()
    {
        var wav = Wav(1, 16_000, 1, 16, 320_000);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), 2);
        Assert.InRange(AudioLength.Tokens(Written(wav))!.Value.Bound, 100, 101);
    }

    [Theory]
    [InlineData(0xFB, 0x90, 128)]
    [InlineData(0xFB, 0xE0, 320)]
    [InlineData(0xF3, 0x10, 8)]
    [InlineData(0xE3, 0x80, 64)]
    public void An_mp3_is_expected_at_its_bit_rate_and_bounded_at_the_lowest(byte version, byte rate, int kilobits)
    {
        const int Seconds = 30;
        byte[] frames = [0xFF, version, rate, 0, .. new byte[kilobits * 125 * Seconds]];
        foreach (var mp3 in (byte[][])[frames, [.. "ID3\u0003\0\0\0\0\u0001\u0000"u8, .. new byte[128], .. frames]])
        {
            var (expected, bound) = AudioLength.Tokens(Written(mp3))!.Value;
            Assert.InRange(expected, Seconds * 10, (Seconds * 10) + 1);
            Assert.InRange(bound, Seconds * 10 * kilobits / 8, (Seconds * 10 * kilobits / 8) + 10);
        }
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void Knows_when_it_does_not_know(string name, byte[] audio)
    {
        Assert.NotEmpty(name);
        Assert.Null(AudioLength.Tokens(Written(audio)));
        var json = Body.ChatOf($"[{{\"type\":\"input_audio\",\"input_audio\":{{\"data\":\"{Convert.ToBase64String(audio)}\",\"format\":\"mp3\"}}}}]");
        Assert.Equal(InputEstimator.LargestInput, Estimate(json).Bound);
    }

    [Fact]
    public void Audio_is_added_to_what_is_written()
    {
        var data = Convert.ToBase64String(Wav(1, 16_000, 1, 16, 64_000)).Replace("/", "\\/", StringComparison.Ordinal);
        var written = Estimate(Body.ChatOf("[]"));
        var spoken = Estimate(Body.ChatOf($"[{{\"type\":\"input_audio\",\"input_audio\":{{\"format\":\"wav\",\"data\":\"{data}\"}}}}]"));
        Assert.InRange(spoken.Tokens - written.Tokens, 20, 21);
        Assert.Equal(spoken.Tokens, spoken.Bound);
        Assert.Equal(CountMethod.Bound, spoken.Method);
    }

    [Fact]
    public void A_spoken_answer_is_read_from_the_modalities()
    {
        Assert.True(Body.Chat("\"modalities\":[\"text\",\"audio\"],\"audio\":{\"voice\":\"alloy\",\"format\":\"wav\"}").AudioOutput);
        Assert.False(Body.Chat("\"modalities\":[\"text\"]").AudioOutput);
    }

    [Fact]
    public void Never_throws_on_damaged_audio()
    {
        var random = new Random(3);
        for (var i = 0; i < 2_000; i++)
        {
            byte[] audio = i % 2 == 0 ? Wav(1, 16_000, 1, 16, 100) : [.. "ID3\u0003\0\0\0\0\0\u0004"u8, 1, 2, 3, 4, 0xFF, 0xFB, 0x90, 0, .. new byte[100]];
            audio[random.Next(44)] = (byte)random.Next(256);
            AudioLength.Tokens(Written(audio[..random.Next(audio.Length)]));
        }
    }

    private static InputEstimate Estimate(string json) =>
        InputEstimator.Estimate(ProviderApi.OpenAiChat, Body.Read(ProviderApi.OpenAiChat, json), Body.Utf8(json), The.Row("openai/gpt-audio").Profile);

    private static byte[] Extensible(byte samples)
    {
        var wav = Wav(0xFFFE, 16_000, 1, 16, 32_000);
        wav[16] = 40;
        return [.. wav[..36], 22, 0, 16, 0, 4, 0, 0, 0, samples, 0, .. new byte[14], .. wav[36..]];
    }

    private static byte[] Written(byte[] audio) => Body.Utf8(Convert.ToBase64String(audio));

    private static byte[] Wav(int tag, int rate, int channels, int bits, int dataBytes, int? bytesPerSecond = null)
    {
        byte[] wav = [.. "RIFF....WAVEfmt "u8, 16, 0, 0, 0, .. new byte[16], .. "data"u8, .. new byte[4 + dataBytes]];
        BinaryPrimitives.WriteUInt16LittleEndian(wav.AsSpan(20), (ushort)tag);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(22), (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), bytesPerSecond ?? rate * channels * bits / 8);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), (short)(channels * bits / 8));
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(34), (short)bits);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), dataBytes);
        return wav;
    }
}
