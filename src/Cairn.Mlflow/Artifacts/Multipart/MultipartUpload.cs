using System.Globalization;
using Cairn.Data;

namespace Cairn.Mlflow.Artifacts.Multipart;

/// <summary>An upload in parts that has begun.</summary>
/// <param name="Id">32 hexadecimal digits that only its client knows.</param>
/// <param name="Project">The project whose bucket it goes to.</param>
/// <param name="Target">The object that it is to become.</param>
/// <param name="Parts">How many parts there are.</param>
internal sealed record MultipartUpload(string Id, string Project, GsUri Target, int Parts)
{
    private const string Root = ".mlflow-multipart";

    /// <summary>Where the parts are until they are one.</summary>
    public GsUri Folder => Target with { Object = $"{Root}/{Id}/" };

    public GsUri Part(int number) => Folder.Join(number.ToString("D5", CultureInfo.InvariantCulture));
}
