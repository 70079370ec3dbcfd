using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Tuning.Names;
using Cairn.Tuning.Storage;
using Cairn.Tuning.Suggesting;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tuning;

/// <summary><c>google.cloud.aiplatform.v1.VizierService</c>.</summary>
internal sealed class VizierService(
    IStudies studies,
    Suggestions suggestions,
    IResourceStore store,
    IDatabase database,
    IOperations operations,
    TimeProvider time
) : IRpcService
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;

    public ServiceDescriptor Descriptor => VizierServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("VizierService");

    [Permission("aiplatform.studies.create")]
    public Task<Study> CreateStudy(CreateStudyRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        return studies.CreateAsync(request.Parent, request.Study, StudyHeaders.Read(context), context.Cancellation);
    }

    [Permission("aiplatform.studies.get")]
    public Task<Study> GetStudy(GetStudyRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return studies.GetAsync(StudyName.Parse(request.Name, "name"), context.Cancellation);
    }

    [Permission("aiplatform.studies.list")]
    public async Task<ListStudiesResponse> ListStudies(ListStudiesRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var query = new ListQuery(
            LocationName.Parse(request.Parent, "parent").ToString(),
            PageSize: request.PageSize,
            PageToken: request.PageToken
        );
        var page = await store.ListAsync<Study>(TuningSchema.Study, query, context.Cancellation);
        return new ListStudiesResponse { Studies = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.studies.delete")]
    public async Task<Empty> DeleteStudy(DeleteStudyRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        await studies.DeleteAsync(StudyName.Parse(request.Name, "name"), context.Cancellation);
        return new Empty();
    }

    [Permission("aiplatform.studies.get")]
    public Task<Study> LookupStudy(LookupStudyRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var parent = LocationName.Parse(request.Parent, "parent").ToString();
        return database.ReadAsync(
            session =>
                StudyTable.Find(session, parent, request.DisplayName) is { } id
                && store.Find<Study>(session, TuningSchema.Study, new StudyName(parent, id).ToString()) is { } study
                    ? study
                    : throw StatusException.NotFound($"'{parent}' has no study with the display name '{request.DisplayName}'."),
            context.Cancellation
        );
    }

    [Permission("aiplatform.trials.create")]
    public Task<Operation> SuggestTrials(SuggestTrialsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var parent = StudyName.Parse(request.Parent, "parent").Parent;
        // Done when it is answered: the client need not ask again, and what was suggested is as durable as the operation.
        return suggestions.SuggestAsync(
            request,
            (session, response) =>
                operations.Completed(
                    session,
                    parent,
                    response,
                    new SuggestTrialsMetadata { GenericMetadata = Generic(), ClientId = request.ClientId }
                ),
            context.Cancellation
        );
    }

    [Permission("aiplatform.trials.create")]
    public Task<Trial> CreateTrial(CreateTrialRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        return studies.CreateTrialAsync(StudyName.Parse(request.Parent, "parent"), request.Trial, context.Cancellation);
    }

    [Permission("aiplatform.trials.get")]
    public Task<Trial> GetTrial(GetTrialRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return studies.GetTrialAsync(TrialName.Parse(request.Name, "name"), context.Cancellation);
    }

    [Permission("aiplatform.trials.list")]
    public async Task<ListTrialsResponse> ListTrials(ListTrialsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var study = StudyName.Parse(request.Parent, "parent");
        if (request.PageSize < 0)
        {
            throw StatusException.InvalidArgument($"`page_size` is {request.PageSize}; it must not be negative.");
        }

        var size = request.PageSize == 0 ? DefaultPage : Math.Min(request.PageSize, MaxPage);
        var trials = await studies.ListTrialsAsync(study, TrialPageToken.Read(study, request.PageToken), size + 1, context.Cancellation);
        return new ListTrialsResponse
        {
            Trials = { trials.Take(size) },
            NextPageToken = trials.Count > size ? TrialPageToken.Write(study, TrialTable.Id(trials[size - 1])) : "",
        };
    }

    [Permission("aiplatform.trials.update")]
    public Task<Trial> AddTrialMeasurement(AddTrialMeasurementRequest request, CallContext context)
    {
        context.RequireProject(request.TrialName);
        return studies.AddMeasurementAsync(TrialName.Parse(request.TrialName, "trial_name"), request.Measurement, context.Cancellation);
    }

    [Permission("aiplatform.trials.update")]
    public Task<Trial> CompleteTrial(CompleteTrialRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return studies.CompleteAsync(request, context.Cancellation);
    }

    [Permission("aiplatform.trials.delete")]
    public async Task<Empty> DeleteTrial(DeleteTrialRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        await studies.DeleteTrialAsync(TrialName.Parse(request.Name, "name"), context.Cancellation);
        return new Empty();
    }

    [Permission("aiplatform.trials.update")]
    public async Task<Operation> CheckTrialEarlyStoppingState(CheckTrialEarlyStoppingStateRequest request, CallContext context)
    {
        context.RequireProject(request.TrialName);
        var name = TrialName.Parse(request.TrialName, "trial_name");
        var reason = await studies.ShouldStopAsync(name, context.Cancellation);
        var metadata = new CheckTrialEarlyStoppingStateMetatdata
        {
            GenericMetadata = Generic(),
            Study = name.Study.ToString(),
            Trial = name.ToString(),
        };
        if (reason is not null)
        {
            metadata.GenericMetadata.PartialFailures.Add(new Google.Rpc.Status { Message = reason });
        }

        return await database.WriteAsync(
            session =>
                operations.Completed(
                    session,
                    name.Study.Parent,
                    new CheckTrialEarlyStoppingStateResponse { ShouldStop = reason is not null },
                    metadata
                ),
            context.Cancellation
        );
    }

    [Permission("aiplatform.trials.update")]
    public Task<Trial> StopTrial(StopTrialRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return studies.StopAsync(TrialName.Parse(request.Name, "name"), context.Cancellation);
    }

    [Permission("aiplatform.trials.list")]
    public async Task<ListOptimalTrialsResponse> ListOptimalTrials(ListOptimalTrialsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var trials = await studies.OptimalTrialsAsync(StudyName.Parse(request.Parent, "parent"), context.Cancellation);
        return new ListOptimalTrialsResponse { OptimalTrials = { trials } };
    }

    private GenericOperationMetadata Generic()
    {
        var now = Timestamps.ToTimestamp(Timestamps.ToMicros(time.GetUtcNow()));
        return new GenericOperationMetadata { CreateTime = now, UpdateTime = now };
    }
}
