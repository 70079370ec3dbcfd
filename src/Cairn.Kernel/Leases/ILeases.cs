namespace Cairn.Kernel.Leases;

/// <summary>Who does what, across one server or many: a named, expiring, exclusive claim kept in the database.</summary>
public interface ILeases
{
    /// <summary>Takes or renews the lease; false where another owner holds it and it has not expired.</summary>
    Task<bool> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellation = default);

    /// <summary>Gives the lease up where this owner holds it.</summary>
    Task ReleaseAsync(string name, string owner, CancellationToken cancellation = default);
}
