namespace Cairn.Jobs.Accelerators;

/// <summary>How jobs that ask for accelerators fare on the server's own machine.</summary>
public enum AcceleratorMode
{
    /// <summary>The machine's accelerators are found, and given to tasks.</summary>
    Auto,

    /// <summary>The machine's accelerators are stated, and given to tasks.</summary>
    Stated,

    /// <summary>Such jobs are refused.</summary>
    Refuse,

    /// <summary>Such jobs run without.</summary>
    Ignore,
}
