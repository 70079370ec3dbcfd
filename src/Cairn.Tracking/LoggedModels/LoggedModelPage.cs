namespace Cairn.Tracking.LoggedModels;

/// <summary>A page of logged models.</summary>
/// <param name="Models">The models, in order.</param>
/// <param name="Data">By the model's row id.</param>
/// <param name="NextPageToken">Empty on the last page.</param>
public sealed record LoggedModelPage(
    IReadOnlyList<LoggedModel> Models,
    IReadOnlyDictionary<long, LoggedModelData> Data,
    string NextPageToken
);
