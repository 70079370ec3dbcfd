namespace Cairn.Data.Lifecycle;

/// <summary>What a pass has done.</summary>
/// <param name="Deleted">Generations that were deleted, or made noncurrent.</param>
/// <param name="Moved">Generations that got another storage class.</param>
/// <param name="Uploads">Unfinished uploads that were ended.</param>
public readonly record struct SweepCount(int Deleted, int Moved, int Uploads)
{
    public static SweepCount operator +(SweepCount left, SweepCount right) =>
        new(left.Deleted + right.Deleted, left.Moved + right.Moved, left.Uploads + right.Uploads);
}
