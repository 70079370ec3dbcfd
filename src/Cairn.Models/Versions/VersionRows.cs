using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models.Versions;

/// <summary>
/// The rows of a model and its versions, inside a transaction. The invariant: a model's row repeats its default version's row, but for the
/// display name, description and labels, which are its own; exactly one version has the alias <c>default</c>.
/// </summary>
public sealed class VersionRows(IResourceStore store)
{
    public static string RowName(string model, string version) => $"{model}/versions/{version}";

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public Model GetModel(ISqlSession session, string model) =>
        FindModel(session, model) ?? throw StatusException.NotFound($"There is no model '{model}'.");

    public Model? FindModel(ISqlSession session, string model) => store.Find<Model>(session, ModelKinds.Model, model);

    /// <summary>A version's row by number, by alias, or (empty) the default one.</summary>
    /// <exception cref="StatusException">NOT_FOUND, with the aliases that there are.</exception>
    public Model GetVersion(ISqlSession session, ModelName name) => GetVersion(session, GetModel(session, name.Model), name);

    /// <summary>The same of a model that has been read.</summary>
    public Model GetVersion(ISqlSession session, Model model, ModelName name)
    {
        var number = name.Version.Length == 0 || name.Version == VersionAliases.Default ? model.VersionId : name.Version;
        if (number.All(char.IsAsciiDigit))
        {
            return store.Find<Model>(session, ModelKinds.Version, RowName(name.Model, number))
                ?? throw StatusException.NotFound($"Model '{name.Model}' has no version '{number}'.");
        }

        var versions = store.Children<Model>(session, ModelKinds.Version, name.Model);
        return versions.Find(v => v.VersionAliases.Contains(number))
            ?? throw StatusException.NotFound(
                $"No version of model '{name.Model}' has the alias '{number}'; there are {string.Join(", ", versions.SelectMany(v => v.VersionAliases).Order(StringComparer.Ordinal).Select(a => $"'{a}'"))}."
            );
    }

    /// <summary>A version's row by its number; null where there is none.</summary>
    public Model? FindVersion(ISqlSession session, string model, string number) =>
        store.Find<Model>(session, ModelKinds.Version, RowName(model, number));

    public List<Model> Versions(ISqlSession session, string model) => store.Children<Model>(session, ModelKinds.Version, model);

    /// <summary>The number that the next version of a model has; never given twice.</summary>
    public static string NextNumber(ISqlSession session, string model)
    {
        session.Execute("INSERT INTO model_counters (model, next_version) VALUES ($1, 1) ON CONFLICT (model) DO NOTHING", model);
        var number = session.QueryFirst("SELECT next_version FROM model_counters WHERE model = $1", static row => row.GetInt64(0), model);
        session.Execute("UPDATE model_counters SET next_version = $2 WHERE model = $1", model, number + 1);
        return number.ToString(CultureInfo.InvariantCulture);
    }

    public Model InsertVersion(ISqlSession session, string model, Model version)
    {
        version.Name = RowName(model, version.VersionId);
        return store.Insert(session, ModelKinds.Version, version);
    }

    public Model UpdateVersion(ISqlSession session, Model version)
    {
        version.Etag = "";
        return store.Update(session, ModelKinds.Version, version);
    }

    /// <summary>Gives aliases to a version and takes them from the others that had them.</summary>
    public void MoveAliases(
        ISqlSession session,
        string model,
        string number,
        IReadOnlyCollection<string> added,
        IReadOnlySet<string> removed
    )
    {
        foreach (var version in Versions(session, model))
        {
            var own = version.VersionId == number;
            var aliases = own ? version.VersionAliases.Union(added.Distinct()).Except(removed) : version.VersionAliases.Except(added);
            // In the order in which they were given.
            var next = aliases.ToArray();
            if (!next.SequenceEqual(version.VersionAliases))
            {
                version.VersionAliases.Clear();
                version.VersionAliases.AddRange(next);
                UpdateVersion(session, version);
            }
        }
    }

    /// <summary>Makes the model's row repeat its default version; inserts it where the model is new.</summary>
    /// <param name="own">The row whose display name, description and labels stay: the stored one, or the first version.</param>
    public Model WriteModel(ISqlSession session, string model, Model own, bool insert)
    {
        var row = Versions(session, model).Single(v => v.VersionAliases.Contains(VersionAliases.Default));
        row.VersionCreateTime = row.CreateTime;
        row.VersionUpdateTime = row.UpdateTime;
        row.Name = model;
        row.DisplayName = own.DisplayName;
        row.Description = own.Description;
        row.Labels.Clear();
        row.Labels.Add(own.Labels);
        row.CreateTime = own.CreateTime;
        row.Etag = insert ? "" : own.Etag;
        return insert ? store.Insert(session, ModelKinds.Model, row) : store.Update(session, ModelKinds.Model, row);
    }

    /// <summary>Makes a version's row what callers see: named as the model, with the model's own fields, and the labels of both.</summary>
    public static Model Compose(Model model, Model version)
    {
        version.VersionCreateTime = version.CreateTime;
        version.VersionUpdateTime = version.UpdateTime;
        version.Name = model.Name;
        version.DisplayName = model.DisplayName;
        version.Description = model.Description;
        version.CreateTime = model.CreateTime;
        version.UpdateTime = model.UpdateTime;
        version.Etag = model.Etag;
        foreach (var (key, value) in model.Labels)
        {
            version.Labels.TryAdd(key, value);
        }

        return version;
    }
}
