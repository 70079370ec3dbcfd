using Cairn.Data.Buckets;
using Cairn.Data.Retention;
using Cairn.Data.SoftDelete;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Objects;

/// <summary>
/// Pages through a bucket in the order of names. A folder of a million objects costs one look-up when it is rolled up, not a million.
/// </summary>
public sealed class ObjectLister(IDatabase database)
{
    // Bounds the work of one call whose glob matches hardly anything: a page may then be short, or empty, and have a successor.
    private const int MaxScanned = 20_000;

    private const int Batch = 256;

    /// <exception cref="StatusException">NOT_FOUND for the bucket; INVALID_ARGUMENT.</exception>
    public async Task<ObjectPage> ListAsync(ObjectListQuery query, CancellationToken cancellation)
    {
        if (query.MaxResults is < 1)
        {
            throw StatusException.InvalidArgument(
                $"Invalid Value: `maxResults` is {query.MaxResults}; it must be from 1 to {ObjectListQuery.MaxPage}."
            );
        }

        if (query is { SoftDeleted: true, Versions: true })
        {
            throw StatusException.InvalidArgument(
                "Invalid Value: `softDeleted` and `versions` cannot both be true. Soft-deleted generations are listed with all their versions."
            );
        }

        var glob = query.MatchGlob.Length == 0 ? null : ObjectGlob.Parse(query.MatchGlob);
        var position = query.PageToken.Length == 0 ? First(query) : ListPosition.FromToken(query);
        var page = await database.ReadAsync(session => Scan(session, query, glob, position), cancellation);
        return page ?? throw DataErrors.NoSuchBucket(query.Bucket);
    }

    private static ListPosition First(ObjectListQuery query) =>
        new(ObjectName.Compare(query.StartOffset, query.Prefix) > 0 ? query.StartOffset : query.Prefix, -1);

    private static string? End(ObjectListQuery query)
    {
        var end = ObjectName.PrefixEnd(query.Prefix);
        return query.EndOffset.Length > 0 && (end is null || ObjectName.Compare(query.EndOffset, end) < 0) ? query.EndOffset : end;
    }

    private static ObjectPage? Scan(ISqlSession session, ObjectListQuery query, ObjectGlob? glob, ListPosition position)
    {
        if (BucketTable.Find(session, query.Bucket) is not { } bucket)
        {
            return null;
        }

        var end = End(query);
        var limit = Math.Min(query.MaxResults, ObjectListQuery.MaxPage);
        List<ObjectRecord> items = [];
        List<string> prefixes = [];
        for (var scanned = 0; ; )
        {
            var size = Math.Min(Batch, limit - items.Count - prefixes.Count + 1);
            var batch = Fetch(session, bucket, query, position, end, size);
            string? folder = null;
            foreach (var item in batch)
            {
                scanned++;
                if (folder is not null && item.Name.StartsWith(folder, StringComparison.Ordinal))
                {
                    AddTrailing(query, glob, item, folder, items);
                    continue;
                }

                if (items.Count + prefixes.Count >= limit || scanned > MaxScanned)
                {
                    return new ObjectPage(items, prefixes, position.ToToken(query));
                }

                folder = FolderOf(query, item.Name);
                if (folder is not null)
                {
                    if (glob is null || glob.Matches(folder))
                    {
                        prefixes.Add(folder);
                    }

                    AddTrailing(query, glob, item, folder, items);
                    if (ObjectName.PrefixEnd(folder) is not { } next)
                    {
                        return new ObjectPage(items, prefixes, null);
                    }

                    position = new ListPosition(next, -1);
                    continue;
                }

                if (glob is null || glob.Matches(item.Name))
                {
                    items.Add(item with { RetainedUntil = ObjectProtection.RetainedUntil(bucket, item) });
                }

                position = new ListPosition(item.Name, item.Generation);
            }

            if (batch.Count < size)
            {
                return new ObjectPage(items, prefixes, null);
            }
        }
    }

    private static List<ObjectRecord> Fetch(
        ISqlSession session,
        Bucket bucket,
        ObjectListQuery query,
        ListPosition position,
        string? end,
        int size
    ) =>
        query switch
        {
            { SoftDeleted: true } => DeletedObjectTable.List(session, bucket, position.Name, position.After, end, size),
            { Versions: true } => ObjectTable.Versions(session, query.Bucket, position.Name, position.After, end, size),
            // One generation a name: what follows a name that was returned is the next name.
            _ => ObjectTable.Live(session, query.Bucket, position.After < 0 ? position.Name : position.Name + "\u0001", end, size),
        };

    private static string? FolderOf(ObjectListQuery query, string name)
    {
        if (query.Delimiter.Length == 0)
        {
            return null;
        }

        var at = name.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : name[..(at + query.Delimiter.Length)];
    }

    private static void AddTrailing(ObjectListQuery query, ObjectGlob? glob, ObjectRecord item, string folder, List<ObjectRecord> items)
    {
        if (query.IncludeTrailingDelimiter && item.Name == folder && (glob is null || glob.Matches(item.Name)))
        {
            items.Add(item);
        }
    }
}
