namespace Cairn.Kernel.Rpc.Express;

/// <summary>
/// An express lane of a method: answers the usual requests from their bytes, without making messages of them. Whatever is unusual it leaves
/// to the method's handler, which also has the say on every error: an answer given here says what the handler's would have said.
/// </summary>
public interface IExpressHandler
{
    /// <summary>Answers the call, or returns false and leaves it as it was. The caller's permission has been checked.</summary>
    ValueTask<bool> TryAnswerAsync(ExpressCall call);
}
