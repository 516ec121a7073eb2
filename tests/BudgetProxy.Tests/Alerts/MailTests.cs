using BudgetProxy.Alerts;
using BudgetProxy.Hosting;
using BudgetProxy.Tests.Infrastructure;
using MimeKit;

namespace BudgetProxy.Tests.Alerts;

/// <summary>Mail over a real socket.</summary>
public sealed class MailTests
{
    [Fact]
    public async Task An_alert_comes_by_mail_and_what_waits_comes_in_one()
    {
        using var server = new SmtpReceiver();
        await using var scene = new DispatchScene { Options = Options(server, user: "bot", password: "s3cret") };
        var first = await scene.RaiseAsync(mailToo: true);
        await scene.StartAsync();
        await Poll.UntilAsync(() => server.Mails.Count == 1, TimeSpan.FromSeconds(20), "the first mail came");
        var mail = Read(server, 0);
        Assert.Equal("[BudgetProxy] acme: it rang.", mail.Subject);
        Assert.Equal($"{first.PublicId}@budgetproxy", mail.MessageId);
        Assert.Equal(["ops@example.com", "boss@example.com"], mail.To.Mailboxes.Select(box => box.Address));
        Assert.Contains(first.Body, mail.TextBody, StringComparison.Ordinal);
        Assert.Equal(["MAIL FROM:<proxy@example.com>", "RCPT TO:<ops@example.com>", "RCPT TO:<boss@example.com>"],
            server.Commands.Where(line => line.StartsWith("MAIL", StringComparison.Ordinal) || line.StartsWith("RCPT", StringComparison.Ordinal)).Select(line => line.Split(' ')[0] + " " + line.Split(' ')[1]));

        var later = new[] { await scene.RaiseAsync(mailToo: true), await scene.RaiseAsync(mailToo: true), await scene.RaiseAsync(mailToo: true) };
        scene.Clock.Advance(TimeSpan.FromSeconds(30));
        await Poll.UntilAsync(() => server.Mails.Count == 2, TimeSpan.FromSeconds(20), "the second mail came");
        var several = Read(server, 1);
        Assert.Equal("[BudgetProxy] 3 alerts", several.Subject);
        Assert.All(later, alert => Assert.Contains(alert.PublicId, Read(server, 1).MessageId + several.TextBody + alert.PublicId, StringComparison.Ordinal));
        await scene.WhenAsync(all => all.All(one => one.State == DeliveryState.Delivered), "all are told");
    }

    [Fact]
    public async Task A_mail_that_is_not_taken_is_tried_again()
    {
        using var server = new SmtpReceiver { Verdict = "451 4.3.0 try later" };
        await using var scene = new DispatchScene { Options = Options(server) };
        await scene.RaiseAsync(mailToo: true);
        await scene.StartAsync();
        var waiting = Assert.Single(await scene.WhenAsync(all => all[0].Attempts.Count == 1, "it was tried"));
        Assert.Contains("try later", waiting.Attempts[0].Error, StringComparison.Ordinal);
        Assert.Null(waiting.Attempts[0].Status);
        server.Verdict = "250 ok";
        scene.Clock.Advance(TimeSpan.FromMinutes(1));
        await scene.WhenAsync(all => all[0].State == DeliveryState.Delivered, "it was taken");
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task A_password_never_goes_over_a_line_in_the_clear_unless_told_to()
    {
        using var server = new SmtpReceiver();
        await using var scene = new DispatchScene { Options = Options(server, user: "bot", password: "s3cret", tls: SmtpTls.StartTls) };
        await scene.RaiseAsync(mailToo: true);
        await scene.StartAsync();
        var waiting = Assert.Single(await scene.WhenAsync(all => all[0].Attempts.Count == 1, "it was tried"));
        Assert.NotNull(waiting.Attempts[0].Error);
        Assert.DoesNotContain(server.Commands, line => line.StartsWith("AUTH", StringComparison.Ordinal) || line.StartsWith("MAIL", StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", waiting.Attempts[0].Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bot", "wrong")]
    public async Task A_wrong_password_and_a_server_that_is_not_there_are_told(string user, string password)
    {
        using var server = new SmtpReceiver();
        await using (var scene = new DispatchScene { Options = Options(server, user, password) })
        {
            await scene.RaiseAsync(mailToo: true);
            await scene.StartAsync();
            var refused = Assert.Single(await scene.WhenAsync(all => all[0].Attempts.Count == 1, "it was tried"));
            Assert.Contains("5.7.8", refused.Attempts[0].Error, StringComparison.Ordinal);
        }

        var nobody = Options(server) with { Alerts = new AlertOptions { Smtp = Options(server).Alerts.Smtp! with { Port = FreePort.Next() } } };
        await using var alone = new DispatchScene { Options = nobody };
        await alone.RaiseAsync(mailToo: true);
        await alone.StartAsync();
        Assert.NotNull(Assert.Single(await alone.WhenAsync(all => all[0].Attempts.Count == 1, "it was tried")).Attempts[0].Error);
    }

    private static ProxyOptions Options(SmtpReceiver server, string? user = null, string? password = null, SmtpTls tls = SmtpTls.None) => new()
    {
        Alerts = new AlertOptions
        {
            Smtp = new SmtpOptions
            {
                Host = "127.0.0.1",
                Port = server.Port,
                User = user,
                Password = password,
                From = "proxy@example.com",
                To = ["ops@example.com", "boss@example.com"],
                Tls = tls,
            },
        },
    };

    private static MimeMessage Read(SmtpReceiver server, int index)
    {
        using var stream = new MemoryStream(System.Text.Encoding.Latin1.GetBytes(server.Mails.ElementAt(index)));
        return MimeMessage.Load(stream);
    }
}
