using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Models.Registered;
using Cairn.Models.Versions;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Mlflow.Registry;

/// <summary>Registered models and versions with what belongs to them, read for an answer.</summary>
internal sealed class RegistryViews(NamedVersions versions, VersionRows rows)
{
    public VersionView Version(ISqlSession session, NamedVersion version) =>
        View(
            version,
            rows.FindVersion(session, version.Resource, version.Version.ToString(CultureInfo.InvariantCulture))!,
            RegistryTags.Of(session, version)
        );

    /// <summary>In the order of the versions. What is a model's is read once for all its versions.</summary>
    public IReadOnlyList<VersionView> Versions(ISqlSession session, IReadOnlyList<NamedVersion> versions)
    {
        Dictionary<long, (Dictionary<string, Model> Resources, ILookup<long, KeyValuePair<string, string>> Tags)> read = [];
        return
        [
            .. versions.Select(version =>
            {
                if (!read.TryGetValue(version.Model, out var of))
                {
                    of = (ById(rows.Versions(session, version.Resource)), RegistryTags.OfVersions(session, version.Model));
                    read.Add(version.Model, of);
                }

                return View(version, of.Resources[version.FullName.Version], of.Tags[version.Version]);
            }),
        ];
    }

    public ModelView Model(ISqlSession session, NamedModel model)
    {
        var resources = ById(rows.Versions(session, model.Resource));
        var tags = RegistryTags.OfVersions(session, model.Id);
        return new ModelView(
            model,
            rows.FindModel(session, model.Resource)?.Description ?? model.Description,
            RegistryTags.Of(session, model),
            [
                .. versions
                    .Of(session, model)
                    .GroupBy(static version => version.Stage)
                    .Select(stage => View(stage.Last(), resources[stage.Last().FullName.Version], tags[stage.Last().Version])),
            ],
            [
                .. resources
                    .Values.SelectMany(version => Aliases(version, model.HasDefault).Select(alias => (alias, Number(version))))
                    .OrderBy(static alias => alias.alias, StringComparer.Ordinal),
            ]
        );
    }

    private static VersionView View(NamedVersion version, Model resource, IEnumerable<KeyValuePair<string, string>> tags) =>
        new(version, resource.VersionDescription, [.. tags], [.. Aliases(resource, version.HasDefault).Order(StringComparer.Ordinal)]);

    /// <summary>A version's aliases. <c>default</c>, which every model has, is told where somebody gave it by its name.</summary>
    private static IEnumerable<string> Aliases(Model version, bool hasDefault) =>
        version.VersionAliases.Where(alias => hasDefault || alias != VersionAliases.Default);

    private static Dictionary<string, Model> ById(IEnumerable<Model> versions) =>
        versions.ToDictionary(static version => version.VersionId, StringComparer.Ordinal);

    private static long Number(Model version) => long.Parse(version.VersionId, CultureInfo.InvariantCulture);
}
