namespace Cairn.Kernel.Time;

/// <summary>Where new identifiers come from; tests give a deterministic one.</summary>
public interface IIdSource
{
    /// <summary>
    /// A positive decimal number of up to 19 digits, as Vertex gives its resources. Unique across servers with overwhelming probability.
    /// </summary>
    string NextNumber();

    /// <summary>32 lower-case hexadecimal digits, unguessable.</summary>
    string NextHex();
}
