using System.Text.Json.Serialization;
using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;

namespace Cairn.Data;

/// <summary>What must hold for a call to be carried out, looked at in the transaction that carries it out. Generation 0 stands for "no live object".</summary>
public sealed record Preconditions(long? GenerationMatch = null, long? GenerationNotMatch = null, long? MetagenerationMatch = null, long? MetagenerationNotMatch = null)
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
        Check($"object '{bucket}/{name}'", "metageneration", MetagenerationMatch, MetagenerationNotMatch, current?.Metageneration ?? 0, reading);
    }

    /// <summary>The same for a bucket, which has a metageneration only.</summary>
    public void Check(Bucket bucket, bool reading = false)
        => Check($"bucket '{bucket.Name}'", "metageneration", MetagenerationMatch, MetagenerationNotMatch, bucket.Metageneration, reading);

    private static void Check(string what, string number, long? match, long? notMatch, long actual, bool reading)
    {
        if (match is { } wanted && wanted != actual)
        {
            throw DataErrors.PreconditionFailed($"At least one of the pre-conditions you specified did not hold: the {number} of {what} is {actual}, not {wanted}.");
        }

        if (notMatch is { } unwanted && unwanted == actual)
        {
            var message = $"At least one of the pre-conditions you specified did not hold: the {number} of {what} is {actual}.";
            throw reading ? DataErrors.Unmodified(message) : DataErrors.PreconditionFailed(message);
        }
    }
}
