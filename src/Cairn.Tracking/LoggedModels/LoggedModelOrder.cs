namespace Cairn.Tracking.LoggedModels;

/// <summary>An entry of <c>order_by</c>.</summary>
/// <param name="Field">An attribute, or <c>metrics.NAME</c>.</param>
/// <param name="Ascending">The direction.</param>
/// <param name="Dataset">Of a metric, the dataset that it was measured on; null for any.</param>
public sealed record LoggedModelOrder(string Field, bool Ascending, DatasetName? Dataset);
