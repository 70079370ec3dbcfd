namespace Cairn.Tensorboards.Events;

/// <summary>
/// Where writers of a run began again. The first <c>SessionLog.START</c> of a run is its beginning, and makes nothing void. A training that
/// restarts from a checkpoint writes <c>SessionLog.START</c> with the checkpoint's step; what was written before it for that step and later
/// ones belongs to a past that did not happen, and TensorBoard drops it. Positions are files in order and offsets in them.
/// </summary>
public sealed class Restarts
{
    private readonly List<(int File, long Offset, long Step)> _found = [];
    private bool _begun;

    /// <summary>Notes a start; they come in the order of the files.</summary>
    public void Add(int file, long offset, long step)
    {
        if (!_begun)
        {
            _begun = true;
            return;
        }

        _found.Add((file, offset, step));

        // Each entry keeps the least step of itself and all later ones.
        for (var i = _found.Count - 2; i >= 0 && _found[i].Step > step; i--)
        {
            _found[i] = _found[i] with { Step = step };
        }
    }

    /// <summary>Whether a later restart makes a value void.</summary>
    public bool IsVoid(int file, long offset, long step)
    {
        var (low, high) = (0, _found.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_found[middle].File < file || (_found[middle].File == file && _found[middle].Offset <= offset))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _found.Count && _found[low].Step <= step;
    }

    /// <summary>Looks for restarts in one file, as far as it can be read.</summary>
    public async Task ScanAsync(int file, EventFileReader reader, CancellationToken cancellation = default)
    {
        while (await reader.FillAsync(cancellation))
        {
            var start = reader.Offset;
            var cursor = reader.Open();
            while (cursor.MoveNext())
            {
                if (cursor.Kind == EventKind.SessionStart)
                {
                    Add(file, start + cursor.RecordStart, cursor.Step);
                }
            }

            reader.Close(cursor);
        }
    }
}
