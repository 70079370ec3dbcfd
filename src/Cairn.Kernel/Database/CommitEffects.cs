namespace Cairn.Kernel.Database;

/// <summary>What is to happen once a transaction is durable.</summary>
internal sealed class CommitEffects
{
    private List<Action>? _effects;

    public void Add(Action effect) => (_effects ??= []).Add(effect);

    /// <summary>
    /// Runs them in their order. One that throws is passed over, for the transaction has happened: what it would have woken looks by itself,
    /// and what may fail otherwise tells so itself.
    /// </summary>
    public void Run()
    {
        foreach (var effect in _effects ?? [])
        {
            try
            {
                effect();
            }
            catch (Exception)
            {
                // The caller asked for a write, which is done.
            }
        }
    }
}
