using Cairn.Optimization.Designers.CmaEs;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.Optimization.Designers.Nsga2;
using Cairn.Optimization.Designers.Tpe;

namespace Cairn.Optimization.Designers;

/// <summary>The algorithms by name.</summary>
public static class DesignerCatalog
{
    /// <summary>One of each, the default first.</summary>
    public static IReadOnlyList<IDesigner> All { get; } =
    [
        new GaussianProcessBanditDesigner(),
        new RandomDesigner(),
        new GridDesigner(),
        new QuasiRandomDesigner(),
        new TpeDesigner(),
        new CmaEsDesigner(),
        new Nsga2Designer(),
    ];

    /// <summary>The algorithm of a name; null where there is none.</summary>
    public static IDesigner? Find(string name) => All.FirstOrDefault(designer => designer.Name == name);
}
