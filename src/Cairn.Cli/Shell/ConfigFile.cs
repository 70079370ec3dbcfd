using Cairn.Cli.Api;
using Cairn.Cli.Output;
using Google.Protobuf;
using YamlDotNet.Core;

namespace Cairn.Cli.Shell;

/// <summary>A message in a YAML or JSON file, as <c>--config</c> gives it.</summary>
internal static class ConfigFile
{
    /// <exception cref="CliException">A usage error for a file that cannot be read, or has what the message has not.</exception>
    public static T Read<T>(FileInfo file)
        where T : IMessage<T>, new()
    {
        try
        {
            return ProtoJson.ParseStrict<T>(Yaml.Read(File.ReadAllText(file.FullName))?.ToJsonString() ?? "{}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException or InvalidProtocolBufferException)
        {
            throw CliException.Usage($"--config {file}: {e.Message}");
        }
    }
}
