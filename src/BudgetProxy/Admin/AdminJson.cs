using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetProxy.Billing;
using BudgetProxy.Insight;
using BudgetProxy.Invoices;
using BudgetProxy.DirectoryFile;
using BudgetProxy.Statements;

namespace BudgetProxy.Admin;

/// <summary>Everything that the admin API answers with.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TenantDocument))]
[JsonSerializable(typeof(TenantListDocument))]
[JsonSerializable(typeof(KeyDocument))]
[JsonSerializable(typeof(ListPage<KeyDocument>))]
[JsonSerializable(typeof(BudgetDocument))]
[JsonSerializable(typeof(ListPage<BudgetDocument>))]
[JsonSerializable(typeof(BalanceDocument))]
[JsonSerializable(typeof(InvoiceDocument))]
[JsonSerializable(typeof(ListPage<InvoiceDocument>))]
[JsonSerializable(typeof(ComparisonDocument))]
[JsonSerializable(typeof(AdminKeyDocument))]
[JsonSerializable(typeof(ListPage<AdminKeyDocument>))]
[JsonSerializable(typeof(WhoAmIDocument))]
[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(ListPage<PlanDocument>))]
[JsonSerializable(typeof(AuditDocument))]
[JsonSerializable(typeof(ListPage<AuditDocument>))]
[JsonSerializable(typeof(RateDocument))]
[JsonSerializable(typeof(ListPage<RateDocument>))]
[JsonSerializable(typeof(ImportDocument))]
[JsonSerializable(typeof(RerateDocument))]
[JsonSerializable(typeof(UsageDocument))]
[JsonSerializable(typeof(ListPage<UsageDocument>))]
[JsonSerializable(typeof(LedgerDocument))]
[JsonSerializable(typeof(StatementDocument))]
[JsonSerializable(typeof(StatementEntryDocument))]
[JsonSerializable(typeof(ListPage<StatementMonthDocument>))]
[JsonSerializable(typeof(WebhookDocument))]
[JsonSerializable(typeof(ListPage<WebhookDocument>))]
[JsonSerializable(typeof(WebhookTestDocument))]
[JsonSerializable(typeof(ListPage<AlertDocument>))]
[JsonSerializable(typeof(DeliveryDocument))]
[JsonSerializable(typeof(ListPage<DeliveryDocument>))]
[JsonSerializable(typeof(ListPage<LedgerDocument>))]
[JsonSerializable(typeof(ListPage<RejectDocument>))]
[JsonSerializable(typeof(SetupDocument))]
[JsonSerializable(typeof(OverviewDocument))]
[JsonSerializable(typeof(LiveDocument))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(ExportDocument))]
[JsonSerializable(typeof(BucketDocument))]
[JsonSerializable(typeof(ListPage<BucketDocument>))]
[JsonSerializable(typeof(WriteOffDocument))]
[JsonSerializable(typeof(ReconciliationDocument))]
[JsonSerializable(typeof(DirectoryOutcome))]
[JsonSerializable(typeof(PlannedChange[]))]
[JsonSerializable(typeof(IReadOnlyList<FileError>))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class AdminJson : JsonSerializerContext;
