using System.Text.Json.Serialization;
using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;

namespace Cairn.Data;

/// <summary>
/// What must hold for a call to be carried out, looked at in the transaction that carries it out. Generation 0 stands for "no live object".
/// </summary>
/// <param name="EtagMatch">The <c>If-Match</c> header: tags of which one must be the object's or bucket's, or <c>*</c> for any that there
/// is.</param>
/// <param name="EtagNotMatch">The <c>If-None-Match</c> header, likewise, of which none may be.</param>
public sealed record Preconditions(
    long? GenerationMatch = null,
    long? GenerationNotMatch = null,
    long? MetagenerationMatch = null,
    long? MetagenerationNotMatch = null,
    string? EtagMatch = null,
    string? EtagNotMatch = null
)
{
    public static Preconditions None { get; } = new();

    [JsonIgnore]
    public bool Any => this != None;

    /// <param name="current">The live object, or the generation that the call names.</param>
    /// <param name="reading">Whether the call only reads: then a <c>NotMatch</c> that fails means "not modified".</param>
    /// <exception cref="StatusException">With <see cref="DataErrors.ConditionNotMet"/> or <see cref="DataErrors.NotModified"/>.</exception>
    public void Check(string bucket, string name, ObjectRecord? current, bool reading = false)
    {
        Check($"object '{bucket}/{name}'", "generation", GenerationMatch, GenerationNotMatch, current?.Generation ?? 0, reading);
        Check(
            $"object '{bucket}/{name}'",
            "metageneration",
            MetagenerationMatch,
            MetagenerationNotMatch,
            current?.Metageneration ?? 0,
            reading
        );
        CheckEtag($"object '{bucket}/{name}'", current?.Etag, reading);
    }

    /// <summary>The same for a bucket, which has a metageneration only.</summary>
    public void Check(Bucket bucket, bool reading = false)
    {
        Check($"bucket '{bucket.Name}'", "metageneration", MetagenerationMatch, MetagenerationNotMatch, bucket.Metageneration, reading);
        CheckEtag($"bucket '{bucket.Name}'", bucket.Etag, reading);
    }

    private void CheckEtag(string what, string? etag, bool reading)
    {
        if (EtagMatch is { } wanted && !Lists(wanted, etag))
        {
            throw DataErrors.PreconditionFailed(
                $"At least one of the pre-conditions you specified did not hold: If-Match is {wanted}, and the etag of {what} is {etag ?? "none"}."
            );
        }

        if (EtagNotMatch is { } unwanted && Lists(unwanted, etag))
        {
            var message =
                $"At least one of the pre-conditions you specified did not hold: If-None-Match is {unwanted}, and the etag of {what} is {etag}.";
            throw reading ? DataErrors.Unmodified(message) : DataErrors.PreconditionFailed(message);
        }
    }

    // Tags come quoted, as RFC 9110 section 8.8.3 has them, or as the resource's JSON gives them; a weak one is as good.
    private static bool Lists(string header, string? etag) =>
        etag is not null
        && header
            .Split(',', StringSplitOptions.TrimEntries)
            .Any(tag => tag == "*" || (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"') == etag);

    private static void Check(string what, string number, long? match, long? notMatch, long actual, bool reading)
    {
        if (match is { } wanted && wanted != actual)
        {
            throw DataErrors.PreconditionFailed(
                $"At least one of the pre-conditions you specified did not hold: the {number} of {what} is {actual}, not {wanted}."
            );
        }

        if (notMatch is { } unwanted && unwanted == actual)
        {
            var message = $"At least one of the pre-conditions you specified did not hold: the {number} of {what} is {actual}.";
            throw reading ? DataErrors.Unmodified(message) : DataErrors.PreconditionFailed(message);
        }
    }
}
