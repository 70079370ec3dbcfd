namespace Cairn.Jobs.Tasks;

/// <summary>Named places between the steps of the state machine, at which a test lets the server die.</summary>
internal sealed class Failpoints
{
    /// <summary>Called with the place's name; null in a server.</summary>
    public Action<string>? OnHit { get; set; }

    public void Hit(string name) => OnHit?.Invoke(name);
}
