using System.Text;

namespace Cairn.Clients.Tests.Datasets;

/// <summary>A server with a table and an import file in a bucket.</summary>
public sealed class DatasetsServer : ClientServer
{
    protected override async Task PrepareAsync()
    {
        await Rest.CreateBucketAsync("datasets-demo");
        await Rest.UploadAsync(
            "datasets-demo",
            "table.csv",
            Encoding.UTF8.GetBytes("n,label\n" + string.Concat(Enumerable.Range(0, 100).Select(static i => $"{i},{i % 2}\n")))
        );
        await Rest.UploadAsync("datasets-demo", "texts.csv", "training,good,happy\ntest,bad,sad\nso so,\n"u8.ToArray());
    }
}
