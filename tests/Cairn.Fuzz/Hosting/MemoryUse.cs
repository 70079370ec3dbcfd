namespace Cairn.Fuzz.Hosting;

/// <summary>What the server holds on to once its garbage is collected.</summary>
/// <param name="Heap">Bytes of managed objects.</param>
/// <param name="Anonymous">Bytes of memory of the process that no file stands for.</param>
/// <param name="Threads">Threads of the process.</param>
/// <param name="Files">Open descriptors.</param>
internal sealed record MemoryUse(long Heap, long Anonymous, int Threads, int Files)
{
    public override string ToString() => $"heap {Heap >> 20} MB, private {Anonymous >> 20} MB, {Threads} threads, {Files} descriptors";
}
