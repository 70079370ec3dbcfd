using Cairn.Kernel.Database;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Tuning.Names;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Storage;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tuning;

/// <summary>
/// Deletes studies: at once as far as anyone can see, and their trials after that, some at a time, so that no writer waits for a hundred
/// thousand of them. An operation remembers the rest.
/// </summary>
internal sealed class StudyDeletion(IResourceStore store, IDatabase database, IOperations operations, StudyModels models)
    : IOperationHandler
{
    private const int Chunk = 2_000;

    public string Name => "tuning.delete-trials";

    public async Task DeleteAsync(StudyName name, CancellationToken cancellation)
    {
        await store.WriteAsync(
            session =>
            {
                if (!StudyTable.Delete(session, name))
                {
                    throw StudyTable.Missing(name);
                }

                store.Delete(session, TuningSchema.Study, name.ToString());
                return operations.Enqueue(session, name.Parent, Name, new StringValue { Value = name.ToString() });
            },
            cancellation
        );
        models.Forget(name);
    }

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        var study = StudyName.Parse(request.Unpack<StringValue>().Value, "study");
        while (await database.WriteAsync(session => TrialTable.DeleteSome(session, study.Id, Chunk), cancellation)) { }

        return new Empty();
    }
}
