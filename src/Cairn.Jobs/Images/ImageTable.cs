using System.IO.Enumeration;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Cairn.Jobs.Images;

/// <summary>
/// Which local environment stands for an image name. A YAML (or JSON) file of sections, each a list of <see cref="LocalEnvironment"/>s; the
/// first that matches counts, and the user's file comes before the defaults.
/// </summary>
public sealed class ImageTable
{
    private readonly List<LocalEnvironment> _entries;

    private ImageTable(List<LocalEnvironment> entries) => _entries = entries;

    /// <summary>Reads a section of the defaults, and of the user's file where there is one.</summary>
    /// <exception cref="InvalidDataException">A file is no such table; the message names it and says what is wrong.</exception>
    public static ImageTable Load(string section, Stream defaults, string? userFile)
    {
        var entries = new List<LocalEnvironment>();
        if (userFile is not null && File.Exists(userFile))
        {
            using var reader = new StreamReader(userFile);
            entries.AddRange(Read(reader, section, userFile));
        }

        using var defaultsReader = new StreamReader(defaults);
        entries.AddRange(Read(defaultsReader, section, "the default images"));
        return new ImageTable(entries);
    }

    /// <summary>All that is mapped, in the order in which it is looked at.</summary>
    public IReadOnlyList<LocalEnvironment> Entries => _entries;

    /// <summary>The environment for an image, or null where none is mapped.</summary>
    public LocalEnvironment? Find(string image)
    {
        var name = WithoutTag(image);
        return _entries.FirstOrDefault(entry =>
            FileSystemName.MatchesSimpleExpression(entry.Match, image, ignoreCase: false)
            || FileSystemName.MatchesSimpleExpression(entry.Match, name, ignoreCase: false)
        );
    }

    private static string WithoutTag(string image)
    {
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        var name = digest < 0 ? image : image[..digest];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    private static IEnumerable<LocalEnvironment> Read(TextReader reader, string section, string file)
    {
        Dictionary<string, List<LocalEnvironment>?>? sections;
        try
        {
            sections = new DeserializerBuilder()
                .WithNamingConvention(CamelCaseNamingConvention.Instance)
                .Build()
                .Deserialize<Dictionary<string, List<LocalEnvironment>?>>(reader);
        }
        catch (YamlException e)
        {
            throw new InvalidDataException(
                $"{file} is no image table, at line {e.Start.Line}: {e.InnerException?.Message ?? e.Message}",
                e
            );
        }

        foreach (var entry in sections?.GetValueOrDefault(section) ?? [])
        {
            if (entry.Match.Length == 0)
            {
                throw new InvalidDataException($"An entry of '{section}' in {file} has no `match`: the image name that it stands for.");
            }

            if (entry.Interpreter is not null && !Path.IsPathFullyQualified(entry.Interpreter))
            {
                throw new InvalidDataException(
                    $"The entry '{entry.Match}' in {file} has the interpreter '{entry.Interpreter}'; it must be an absolute path."
                );
            }

            yield return entry;
        }
    }
}
