namespace Cairn.Cli.Commands.Storage;

/// <summary>The content type that a file's name tells.</summary>
internal static class ContentTypes
{
    public static string Of(string file) =>
        Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".json" => "application/json",
            ".jsonl" => "application/jsonl",
            ".csv" => "text/csv",
            ".txt" or ".log" or ".md" => "text/plain",
            ".yaml" or ".yml" => "application/yaml",
            ".html" => "text/html",
            ".py" => "text/x-python",
            ".png" => "image/png",
            ".jpg" or ".jpeg" => "image/jpeg",
            ".gz" => "application/gzip",
            ".zip" or ".whl" => "application/zip",
            ".tar" => "application/x-tar",
            _ => "application/octet-stream",
        };
}
