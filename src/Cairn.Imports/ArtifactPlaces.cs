namespace Cairn.Imports;

/// <summary>
/// The files of runs and logged models whose records say that they lie outside the store. They are read where they are on this machine and
/// the caller wants that, because a store may say
/// anything; else it is told where they are.
/// </summary>
/// <param name="readsOutside">Whether folders of this machine outside the store are read.</param>
internal sealed class ArtifactPlaces(bool readsOutside)
{
    private readonly Dictionary<string, int> _elsewhere = new(StringComparer.Ordinal);

    /// <summary>One sentence for each place whose files are not brought.</summary>
    public IEnumerable<string> Elsewhere =>
        _elsewhere.Select(static place =>
            $"The files of {place.Value} runs and models are at '{place.Key}', which is outside the store and is not read; copy them to the store, "
            + (IsLocal(place.Key) ? "or import with --with-outside-artifacts." : "or to the runs' folders here.")
        );

    /// <summary>The files of a run or model that has none in its own folder.</summary>
    /// <param name="own">Its folder in the store, <c>EXPERIMENT/RUN</c>.</param>
    /// <param name="address">What its record says of where they are.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Find(string own, string address)
    {
        var parts = own.Split('/');
        var (path, isLocal) = Local(address);
        var isThere = isLocal && Directory.Exists(path);
        if (address.Length == 0 || (isThere && !Directory.EnumerateFileSystemEntries(path).Any()))
        {
            return [];
        }

        if (isLocal && !isThere && path.TrimEnd('/').EndsWith($"/{string.Join('/', parts[^2..])}/artifacts", StringComparison.Ordinal))
        {
            // The store's own folder, written down where the store was made.
            return [];
        }

        if (isThere && readsOutside)
        {
            return [.. new SourceFolder(path).Files("")];
        }

        var end = address.IndexOf($"/{parts[^1]}", StringComparison.Ordinal);
        var place = end > 0 ? address[..end] : address;
        _elsewhere[place] = _elsewhere.GetValueOrDefault(place) + 1;
        return [];
    }

    private static bool IsLocal(string address) => Local(address).IsLocal;

    private static (string Path, bool IsLocal) Local(string address) =>
        address.StartsWith('/') ? (address, true)
        : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsFile ? (uri.LocalPath, true)
        : ("", false);
}
