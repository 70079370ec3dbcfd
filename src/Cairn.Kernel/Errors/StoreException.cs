using System.Data.Common;

namespace Cairn.Kernel.Errors;

/// <summary>
/// The store could not do what it was asked, whatever that was: it is away, full or damaged. Not a <see cref="StatusException"/>, which
/// says that the request is at fault: work in the background tries such a failure again, and must not write it down as the outcome. Doors
/// answer with <see cref="Status"/>.
/// </summary>
public sealed class StoreException(StatusException status, Exception? inner = null) : DbException(status.Message, inner)
{
    /// <summary>What callers are told.</summary>
    public StatusException Status => status;
}
