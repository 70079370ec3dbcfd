namespace Cairn.Kernel.Store;

/// <summary>One page of a collection.</summary>
/// <param name="Parent"><c>projects/p/locations/l</c>; <c>-</c> stands for any one segment.</param>
/// <param name="Filter">AIP-160, or empty.</param>
/// <param name="OrderBy"><c>field [asc|desc], …</c>, or empty for the newest first.</param>
/// <param name="PageSize">0 for the default (100); more than 1,000 is cut to 1,000; negative is INVALID_ARGUMENT.</param>
/// <param name="PageToken">What an earlier page of the same query returned, or empty.</param>
public sealed record ListQuery(string Parent, string Filter = "", string OrderBy = "", int PageSize = 0, string PageToken = "");
