using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Tenancy;
using Google.Api;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Tests.Rpc;

public sealed class RpcBinderTests
{
    [Fact]
    public void two_classes_may_share_a_service()
    {
        var methods = RpcBinder.Bind([new Predicts(), new PredictsRaw()], new TenantGate(new NoBuckets()));

        methods.Single(static method => method.Descriptor.Name == "Predict").Permission.ShouldBe("aiplatform.endpoints.predict");
        methods.Single(static method => method.Descriptor.Name == "RawPredict").Permission.ShouldBe("aiplatform.endpoints.rawPredict");
        methods.Count(static method => method.Descriptor.Name == "Predict").ShouldBe(1);
        methods.Single(static method => method.Descriptor.Name == "Explain").Unary.ShouldBeNull();
    }

    [Fact]
    public void two_handlers_of_one_method_stop_the_start() =>
        Should
            .Throw<InvalidOperationException>(() => RpcBinder.Bind([new Predicts(), new Predicts()], new TenantGate(new NoBuckets())))
            .Message.ShouldBe("Predicts and Predicts both handle google.cloud.aiplatform.v1.PredictionService.Predict.");

    private sealed class Predicts : IRpcService
    {
        public ServiceDescriptor Descriptor => new EchoService().Descriptor;

        [Permission("aiplatform.endpoints.predict")]
        public Task<PredictResponse> Predict(PredictRequest request, CallContext context) => Task.FromResult(new PredictResponse());
    }

    private sealed class PredictsRaw : IRpcService
    {
        public ServiceDescriptor Descriptor => new EchoService().Descriptor;

        [Permission("aiplatform.endpoints.rawPredict")]
        public Task<HttpBody> RawPredict(RawPredictRequest request, CallContext context) => Task.FromResult(request.HttpBody);
    }
}
