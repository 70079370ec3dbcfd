namespace Cairn.Optimization.Studies;

public enum Goal
{
    Maximize,
    Minimize,
}
