namespace Cairn.Tracking.LoggedModels;

/// <summary>Says of one point of a batch which model, and which dataset, it measures.</summary>
/// <param name="Index">The point's place in the batch.</param>
/// <param name="ModelId">The model.</param>
/// <param name="DatasetName">The dataset; empty where none is named.</param>
/// <param name="DatasetDigest">Its digest; empty where none is named.</param>
public readonly record struct ModelPoint(int Index, string ModelId, string DatasetName, string DatasetDigest);
