using System.Text;
using BudgetProxy.Core.Requests;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class MultipartScannerTests
{
    private const string Boundary = "X-bound";
    private const string Purpose = "--X-bound\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n";
    private const string File = "--X-bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"my name; of it.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n";
    private const string End = "\r\n--X-bound--\r\n";

    [Fact]
    public void The_file_is_the_same_however_the_form_is_cut() => Prop.ForAll<NonNull<string>, PositiveInt>((text, seed) =>
    {
        // Whatever looks like the beginning of a boundary is in it.
        var content = string.Concat(text.Get.Select((letter, i) => (i % 5) switch { 0 => "\r\n--X-boun", 1 => "\r\n-", 2 => "\r\r\n--", _ => letter.ToString() }));
        var (file, scanner) = Scan(Purpose + File + content + End, seed.Get);
        Assert.Null(scanner.Problem);
        Assert.Equal(content, file);
        Assert.Equal("batch", scanner.Fields["purpose"]);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("before" + Purpose + File + "x" + End, "begin")]
    [InlineData("\r\n" + Purpose + File + "x" + End, "begin")]
    [InlineData(Purpose + File + "x" + End + "after", "follows")]
    [InlineData(Purpose + File + "x\r\n--X-boundary\r\n" + End, "boundary")]
    [InlineData(Purpose + File + "x\r\n" + File + "y" + End, "twice")]
    [InlineData(Purpose + Purpose + File + "x" + End, "twice")]
    [InlineData(Purpose + File + "x", "whole")]
    [InlineData(Purpose + "--X-bound--", "no file")]
    [InlineData("--X-bound\r\nContent-Disposition: form-data; name=\"purpose\"; name=\"file\"\r\n\r\nbatch" + End, "no name")]
    [InlineData("--X-bound\r\nContent-Disposition: form-data; name=\"pur\\\"pose\"\r\n\r\nbatch" + End, "no name")]
    [InlineData("--X-bound\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==" + End, "header")]
    [InlineData("--X-bound\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Type: Multipart/mixed; boundary=b\r\n\r\nx" + End, "form itself")]
    [InlineData("--X-bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\nb\"\r\n\r\nx" + End, "control")]
    [InlineData("--X-bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\rb\"\r\n\r\nx" + End, "control")]
    [InlineData("--X-bound\r\nContent-Disposition: form-data; name=\"file\";\tfilename=\"a\"\r\n\r\nx" + End, "control")]
    [InlineData("--X-bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\0b\"\r\n\r\nx" + End, "control")]
    [InlineData("--X-bound\r\nContent-Disposition: attachment; name=\"file\"\r\n\r\nx" + End, "no name")]
    public void A_form_that_two_readers_could_read_differently_is_a_problem(string form, string says)
    {
        for (var seed = 1; seed < 30; seed++)
        {
            var (_, scanner) = Scan(form, seed);
            Assert.Contains(says, scanner.Problem, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=abc", "abc")]
    [InlineData("Multipart/Form-Data; Boundary=\"a b\"", null)]
    [InlineData("multipart/form-data; boundary=\"a.b\"", "a.b")]
    [InlineData("multipart/form-data; boundary=abc; boundary=def", null)]
    [InlineData("multipart/form-data; boundary=a'+_-.9", "a'+_-.9")]
    [InlineData("multipart/form-data; boundary=a/b", null)]
    [InlineData("multipart/form-data; boundary=a=b", null)]
    [InlineData("multipart/form-data; boundary=a,b", null)]
    [InlineData("multipart/form-data; boundary=\"a/b=(c),d:?\"", "a/b=(c),d:?")]
    [InlineData("multipart/mixed; boundary=abc", null)]
    [InlineData("multipart/form-data", null)]
    [InlineData("application/json", null)]
    [InlineData(null, null)]
    public void A_boundary_is_taken_where_there_is_one(string? contentType, string? boundary) => Assert.Equal(boundary, MultipartScanner.BoundaryOf(contentType));

    private static (string File, MultipartScanner Scanner) Scan(string form, int seed)
    {
        var file = new List<byte>();
        var scanner = new MultipartScanner(Boundary, bytes => file.AddRange(bytes));
        var body = Encoding.UTF8.GetBytes(form);
        var random = new System.Random(seed);
        for (var at = 0; at < body.Length;)
        {
            var length = Math.Min(random.Next(1, 2 + (seed % 30)), body.Length - at);
            scanner.Feed(body.AsSpan(at, length));
            at += length;
        }

        scanner.Finish();
        return (Encoding.UTF8.GetString([.. file]), scanner);
    }
}
