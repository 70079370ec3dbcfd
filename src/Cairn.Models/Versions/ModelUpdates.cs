using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Models.Names;
using Cairn.Models.Registered;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models.Versions;

/// <summary>
/// Changes what may change: a model's display name, description and labels, or a version's description and labels; and aliases.
/// </summary>
public sealed class ModelUpdates(
    IResourceStore store,
    VersionRows rows,
    NamedModels names,
    NamedVersions versions,
    IEnumerable<IModelObserver> observers
)
{
    public Task<Model> UpdateAsync(UpdateModelRequest request, ModelName name, CancellationToken cancellation) =>
        store.WriteAsync(session => Update(session, request, name), cancellation);

    /// <summary>The same in the caller's transaction.</summary>
    public Model Update(ISqlSession session, UpdateModelRequest request, ModelName name)
    {
        var paths = request.UpdateMask?.Paths.Select(ToSnakeCase).ToArray() ?? [];
        if (paths.Length == 0)
        {
            paths = [.. Given(request.Model, name.Version.Length > 0)];
        }

        var model = rows.GetModel(session, name.Model);
        if (request.Model.Etag.Length > 0 && request.Model.Etag != model.Etag)
        {
            throw StatusException.Aborted(
                $"Model '{name.Model}' has changed since it was read: its etag is '{model.Etag}', the request's is '{request.Model.Etag}'. Read it again and repeat the change."
            );
        }

        var version = rows.GetVersion(session, model, name);
        if (name.Version.Length > 0)
        {
            ApplyToVersion(version, request.Model, paths);
            version = rows.UpdateVersion(session, version);
            versions.Touch(session, name.Model, (name with { Version = version.VersionId }).Number);
        }
        else
        {
            var before = model.DisplayName;
            ApplyToModel(model, version, request.Model, paths);
            version = rows.UpdateVersion(session, version);
            names.Touch(session, name.Model);
            names.Follow(session, name, model.DisplayName);
            if (model.DisplayName != before)
            {
                Renamed(session, name, model.DisplayName);
            }
        }

        model = rows.WriteModel(session, name.Model, model, insert: false);
        return VersionRows.Compose(model, version);
    }

    private void Renamed(ISqlSession session, ModelName name, string displayName)
    {
        var numbers = rows.Versions(session, name.Model).Select(static version => version.VersionId).ToList();
        foreach (var observer in observers)
        {
            observer.Renamed(session, name, displayName, numbers);
        }
    }

    public Task<Model> MergeAliasesAsync(MergeVersionAliasesRequest request, ModelName name, CancellationToken cancellation)
    {
        if (name.Version.Length == 0)
        {
            throw StatusException.InvalidArgument($"`name` is '{name}'; it must name a version: '{name.Model}@VERSION'.");
        }

        var (added, removed) = VersionAliases.Parse(request.VersionAliases);
        if (added.Count + removed.Count == 0 && request.VersionAliases.Count == 0)
        {
            throw StatusException.InvalidArgument(
                "`version_aliases` is empty; it lists aliases to add, and, after '-', aliases to remove."
            );
        }

        return store.WriteAsync(
            session =>
            {
                var model = rows.GetModel(session, name.Model);
                var version = rows.GetVersion(session, model, name);
                if (removed.Contains(VersionAliases.Default) && version.VersionAliases.Contains(VersionAliases.Default))
                {
                    throw StatusException.FailedPrecondition(
                        $"The alias 'default' cannot be removed from version '{version.VersionId}' of model '{name.Model}', for a model always has a default version; add it to another version instead."
                    );
                }

                rows.MoveAliases(session, name.Model, version.VersionId, added, removed);
                model = rows.WriteModel(session, name.Model, model, insert: false);
                return VersionRows.Compose(model, rows.GetVersion(session, name with { Version = version.VersionId }));
            },
            cancellation
        );
    }

    /// <summary>Makes a version the default one, in the caller's transaction.</summary>
    /// <param name="model">The model's name, without a version.</param>
    /// <param name="number">The version's number.</param>
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public void SetDefault(ISqlSession session, string model, string number) =>
        MoveAliases(session, model, number, [VersionAliases.Default], []);

    /// <summary>
    /// Gives aliases to a version and takes others from it, in the caller's transaction, whatever their form: other registries' names have
    /// other forms than this API's.
    /// </summary>
    /// <param name="model">The model's name, without a version.</param>
    /// <param name="number">The version's number.</param>
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public void MoveAliases(ISqlSession session, string model, string number, HashSet<string> added, HashSet<string> removed)
    {
        var own = rows.GetModel(session, model);
        rows.GetVersion(session, own, ModelName.Parse($"{model}@{number}", "model"));
        rows.MoveAliases(session, model, number, added, removed);
        rows.WriteModel(session, model, own, insert: false);
    }

    /// <summary>Without a mask, what the request sets of what may change.</summary>
    private static IEnumerable<string> Given(Model given, bool version)
    {
        if (version)
        {
            return given.Labels.Count > 0 ? ["version_description", "labels"] : ["version_description"];
        }

        var set = new (string Path, bool Given)[]
        {
            ("display_name", given.DisplayName.Length > 0),
            ("description", given.Description.Length > 0),
            ("labels", given.Labels.Count > 0),
            ("explanation_spec", given.ExplanationSpec is not null),
        };
        return set.Where(field => field.Given).Select(field => field.Path);
    }

    private static void ApplyToModel(Model model, Model version, Model given, string[] paths)
    {
        foreach (var path in paths)
        {
            switch (path)
            {
                case "display_name":
                    ResourceId.RequireDisplayName("model.display_name", given.DisplayName);
                    model.DisplayName = given.DisplayName;
                    break;
                case "description":
                    model.Description = given.Description;
                    break;
                case "labels":
                    ResourceId.RequireLabels("model.labels", given.Labels);
                    model.Labels.Clear();
                    model.Labels.Add(given.Labels);
                    break;
                case var label when label.StartsWith("labels.", StringComparison.Ordinal):
                    ApplyLabel(model.Labels, given.Labels, label["labels.".Length..]);
                    break;
                case "explanation_spec":
                    version.ExplanationSpec = given.ExplanationSpec;
                    break;
                case "version_description":
                    throw StatusException.FailedPrecondition(
                        $"`update_mask` names 'version_description', which is a version's; name the version in `model.name`, as '{model.Name}@VERSION'."
                    );
                default:
                    throw StatusException.InvalidArgument(
                        $"`update_mask` names '{path}', which cannot be changed; display_name, description, labels and explanation_spec can."
                    );
            }
        }
    }

    private static void ApplyToVersion(Model version, Model given, string[] paths)
    {
        foreach (var path in paths)
        {
            switch (path)
            {
                case "version_description":
                    version.VersionDescription = given.VersionDescription;
                    break;
                case "labels":
                    ResourceId.RequireLabels("model.labels", given.Labels);
                    version.Labels.Clear();
                    version.Labels.Add(given.Labels);
                    break;
                case var label when label.StartsWith("labels.", StringComparison.Ordinal):
                    ApplyLabel(version.Labels, given.Labels, label["labels.".Length..]);
                    break;
                case "display_name" or "description":
                    throw StatusException.FailedPrecondition(
                        $"`update_mask` names '{path}', which is the model's and not a version's; leave '@{version.VersionId}' out of `model.name`."
                    );
                default:
                    throw StatusException.InvalidArgument(
                        $"`update_mask` names '{path}', which cannot be changed on a version; version_description and labels can."
                    );
            }
        }
    }

    private static void ApplyLabel(IDictionary<string, string> labels, IDictionary<string, string> given, string key)
    {
        if (given.TryGetValue(key, out var value))
        {
            labels[key] = value;
        }
        else
        {
            labels.Remove(key);
        }
    }

    /// <summary>Masks come in the field's own spelling, or from JSON clients in camelCase.</summary>
    private static string ToSnakeCase(string path) =>
        path.StartsWith("labels.", StringComparison.Ordinal)
            ? path
            : string.Concat(path.Select(c => char.IsAsciiLetterUpper(c) ? $"_{char.ToLowerInvariant(c)}" : c.ToString()));
}
