using System.Collections.Frozen;
using Microsoft.AspNetCore.StaticFiles;

namespace Cairn.Mlflow.Artifacts;

/// <summary>The media types of artifacts, told by their names as MLflow tells them: what a person can read is text.</summary>
internal static class FileTypes
{
    private const string Unknown = "application/octet-stream";

    private static readonly FrozenSet<string> Texts = new[]
    {
        "txt",
        "log",
        "err",
        "cfg",
        "conf",
        "cnf",
        "cf",
        "ini",
        "properties",
        "prop",
        "hocon",
        "toml",
        "yaml",
        "yml",
        "xml",
        "json",
        "js",
        "py",
        "py3",
        "csv",
        "tsv",
        "md",
        "rst",
        "MLmodel",
        "MLproject",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FileExtensionContentTypeProvider Known = Types();

    /// <param name="name">The last part of a path.</param>
    public static string Of(string name)
    {
        var dot = name.LastIndexOf('.');
        return Texts.Contains(dot < 0 ? name : name[(dot + 1)..]) ? "text/plain; charset=utf-8"
            : Known.TryGetContentType(name, out var type) ? type
            : Unknown;
    }

    /// <summary>The registered name of a type where the provider has an older one.</summary>
    private static FileExtensionContentTypeProvider Types()
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".zip"] = "application/zip";
        types.Mappings[".gz"] = "application/gzip";
        types.Mappings[".ipynb"] = "application/x-ipynb+json";
        return types;
    }
}
