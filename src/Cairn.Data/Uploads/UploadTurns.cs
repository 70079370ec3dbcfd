using System.Collections.Concurrent;

namespace Cairn.Data.Uploads;

/// <summary>
/// One request at a time for each upload. A client that lost its connection comes back while the server still waits for bytes on the old
/// one: the newcomer ends the predecessor, and goes on from what that has saved.
/// </summary>
public sealed class UploadTurns
{
    private readonly ConcurrentDictionary<string, Turn> _current = new();

    /// <summary>Waits for the turn. The predecessor's <see cref="Turn.Superseded"/> fires at once.</summary>
    public async Task<Turn> TakeAsync(string upload, CancellationToken cancellation)
    {
        var mine = new Turn(this, upload);
        while (true)
        {
            if (_current.TryAdd(upload, mine))
            {
                return mine;
            }

            if (_current.TryGetValue(upload, out var other))
            {
                await other.SupersedeAsync(cancellation);
            }
        }
    }

    /// <summary>The right to work on an upload, until it is disposed of.</summary>
    public sealed class Turn(UploadTurns turns, string upload) : IDisposable
    {
        private readonly CancellationTokenSource _superseded = new();
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Fires when another request wants the upload.</summary>
        public CancellationToken Superseded => _superseded.Token;

        public void Dispose()
        {
            turns._current.TryRemove(new KeyValuePair<string, Turn>(upload, this));
            _over.TrySetResult();
        }

        internal async Task SupersedeAsync(CancellationToken cancellation)
        {
            await _superseded.CancelAsync();
            await _over.Task.WaitAsync(cancellation);
        }
    }
}
