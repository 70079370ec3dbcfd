namespace Cairn.Kernel.Http;

/// <summary>
/// What a request may know of the server's own state. The entrance sets it as a feature of each request; a request of a test's own host has
/// none.
/// </summary>
/// <param name="Stopping">Fires when the server begins to stop: what would go on until its client ends it, ends.</param>
/// <param name="Admit">Refuses a call by its permission where the server has no means for it:
/// <see cref="Errors.StorageErrors.Full"/>.</param>
public sealed record ServerState(CancellationToken Stopping, Action<string> Admit);
