namespace Cairn.Optimization.Studies;

public enum TrialState
{
    /// <summary>Under evaluation.</summary>
    Active,

    /// <summary>Ended with a final measurement.</summary>
    Completed,

    /// <summary>Ended without one: its point cannot be evaluated.</summary>
    Infeasible,
}
