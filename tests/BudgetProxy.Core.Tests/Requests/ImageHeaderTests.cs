using System.Buffers.Binary;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class ImageHeaderTests
{
    private static readonly byte[] Rest = new byte[5000];

    private static readonly byte[] Lossy = [.. "VP8 "u8, 10, 0, 0, 0, 0, 2, 3, 0x9D, 0x01, 0x2A, 0x26, 0x42, 0x70, 0xC1];
    private static readonly byte[] Lossless = [.. "VP8L"u8, 6, 0, 0, 0, 0x2F, 0x81, 0xC1, 0x63, 0x10, 0];
    private static readonly byte[] Canvas = [.. "VP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0x7F, 0x07, 0, 0x37, 0x04, 0];
    private static readonly byte[] SmallCanvas = [.. "VP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static TheoryData<string, byte[], int, int> Images => new()
    {
        { "png", Png(1920, 1080), 1920, 1080 },
        { "gif87", [.. "GIF87a"u8, 0x20, 0x03, 0x58, 0x02, 0x80, 0, 0, 1, 2, 3, 4, 5, 6, 0x3B], 800, 600 },
        { "gif of a larger frame", Gif(2000, 2000), 2000, 2000 },
        { "webp lossy", WebP(Lossy), 0x226, 0x170 },
        { "webp lossless", WebP(Lossless), 0x182, 0x190 },
        { "webp extended", WebP(Canvas, Lossy), 1920, 1080 },
        { "jpeg", Jpeg(640, 480, []), 640, 480 },
        { "jpeg behind a long profile", Jpeg(4032, 3024, Segments(40, 60_000)), 4032, 3024 },
        { "huge png", Png(int.MaxValue, 1), int.MaxValue, 1 },
        { "turned jpeg, whose thumbnail is smaller", Jpeg(4032, 3024, Exif(Jpeg(160, 120, []))), 4032, 3024 },
        { "jpeg of many segments", Jpeg(640, 480, Segments(60_000, 2)), 640, 480 },
        { "jpeg with fill bytes", Jpeg(64, 48, [0xFF, 0xFF, 0xFF, 0xE0, 0, 4, 1, 2]), 64, 48 },
    };

    public static TheoryData<string, byte[]> Unreadable => new()
    {
        { "empty", [] },
        { "svg", [.. "<svg width='1' height='1'/>"u8] },
        { "png without IHDR first", Png(1, 1, "tEXt") },
        { "png of two headers", [.. Png(1, 1), .. Png(2000, 2000)[8..]] },
        { "gif with stray bytes", [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, .. Rest] },
        { "jpeg with stray bytes", Jpeg(2000, 2000, [0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0, 0, 0]) },
        { "webp of a frame beyond its canvas", WebP(SmallCanvas, Lossy) },
        { "webp of a lossless frame beyond its canvas", WebP(SmallCanvas, Lossless) },
        { "webp of a canvas alone", WebP(Canvas) },
        { "cut webp", WebP(Lossy)[..^1] },
        { "cut png", Png(10, 10)[..20] },
        { "zero png", Png(0, 10) },
        { "png of a negative side", Png(int.MinValue, 10) },
        { "jpeg of more segments than are looked at", Jpeg(640, 480, Segments(66_000, 2)) },
        { "cut jpeg", Jpeg(10, 10, [])[..8] },
        { "jpeg without a frame", [0xFF, 0xD8, 0xFF, 0xDA, 0, 0, 0, 0, 0] },
        { "jpeg of noise", [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 7, 7, 7, 7, 7, 7] },
        { "jpeg of endless segments", [0xFF, 0xD8, .. Segments(5_000, 2)] },
        { "pdf", [.. "%PDF-1.7"u8, .. Rest] },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void Reads_the_size_however_the_base64_is_written(string name, byte[] image, int width, int height)
    {
        Assert.NotEmpty(name);
        var base64 = Convert.ToBase64String(image);
        string[] spellings =
        [
            base64, base64.Replace("/", "\\/", StringComparison.Ordinal), base64.Replace("+", "\\u002b", StringComparison.Ordinal),
            string.Join("\\n", base64.Chunk(76).Select(line => new string(line))), string.Join("\\r\\n", base64.Chunk(3).Select(line => new string(line))),
        ];
        foreach (var spelling in spellings)
        {
            Assert.Equal((width, height), ImageHeader.Read(Body.Utf8(spelling)));
            Assert.Equal((width, height), ImageHeader.ReadDataUrl(Body.Utf8("data:image/png;base64," + spelling)));
            Assert.Equal((width, height), ImageHeader.ReadDataUrl(Body.Utf8("d\\u0061ta:image\\/jpeg;base6\\u0034\\u002c" + spelling)));
        }
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void Knows_when_it_does_not_know(string name, byte[] image)
    {
        Assert.NotEmpty(name);
        var (width, height) = ImageHeader.Read(Body.Utf8(Convert.ToBase64String(image)));
        Assert.False(new ImageContent(width, height, ImageDetail.Auto).SizeKnown);
    }

    [Theory]
    [InlineData("https://example.com/a.png")]
    [InlineData("")]
    [InlineData("data:image/png,AAAA")]
    [InlineData("data:image/png;base64,")]
    [InlineData("data:image/png;base64,!!!!")]
    [InlineData("data:image/png;x=base64,iVBORw0KGgoAAAANSUhEUgAABAAAAAQACAYAAAA=;base64,AAAA")]
    [InlineData("data:image/png;x;base64,iVBORw0KGgoAAAANSUhEUgAABAAAAAQACAYAAAA=")]
    [InlineData("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAABAAAAAQACAYAAAA=!AAA")]
    [InlineData("data:image/png;base64,iVBORw0K\\fGgoAAAANSUhEUgAABAAAAAQACAYAAAA=")]
    public void A_URL_says_no_size(string url) => Assert.Equal((0, 0), ImageHeader.ReadDataUrl(Body.Utf8(url)));

    [Fact]
    public void The_largest_of_several_frames_counts() =>
        Assert.Equal((4000, 3000), ImageHeader.Read(Body.Utf8(Convert.ToBase64String(Jpeg(100, 3000, [0xFF, 0xC0, 0, 11, 8, 0, 5, 0x0F, 0xA0, 0, 0, 0, 0])))));

    [Fact]
    public void Never_throws_on_damaged_images()
    {
        var random = new Random(7);
        foreach (var row in Images)
        {
            for (var i = 0; i < 300; i++)
            {
                var image = (byte[])row.Data.Item2.Clone();
                image[random.Next(Math.Min(image.Length, 64))] = (byte)random.Next(256);
                ImageHeader.Read(Body.Utf8(Convert.ToBase64String(image.AsSpan(0, random.Next(image.Length)))));
            }
        }
    }

    private static byte[] Gif(short width, short height) =>
    [
        .. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x21, 0xF9, 2, 0, 0, 0, 0x2C, 0, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0,
        2, 1, 0, 0, 0x3B,
    ];

    private static byte[] WebP(params byte[][] chunks)
    {
        byte[] webp = [.. "RIFF....WEBP"u8, .. chunks.SelectMany(chunk => chunk)];
        BinaryPrimitives.WriteInt32LittleEndian(webp.AsSpan(4), webp.Length - 8);
        return webp;
    }

    private static byte[] Png(int width, int height, string first = "IHDR")
    {
        byte[] png = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. Body.Utf8(first), 0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        return png;
    }

    private static byte[] Jpeg(int width, int height, byte[] before) =>
        [0xFF, 0xD8, .. before, 0xFF, 0xC2, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, .. Rest];

    // Orientation 6, turned by a quarter: no formula tells width from height.
    private static byte[] Exif(byte[] thumbnail)
    {
        byte[] exif = [.. "Exif\0\0MM\0*\0\0\0\b\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0\u0006\0\0\0\0\0\0"u8, .. thumbnail];
        return [0xFF, 0xE1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif];
    }

    private static byte[] Segments(int count, int length)
    {
        byte[] segment = [0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. Enumerable.Repeat((byte)0xFF, length - 2)];
        return [.. Enumerable.Repeat(segment, count).SelectMany(bytes => bytes)];
    }
}
