using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>What an <c>Any</c> may hold: every published message.</summary>
public static class AnyTypes
{
    private static readonly Lazy<TypeRegistry> Every = new(static () => TypeRegistry.FromFiles(ContractFiles.All));
    private static readonly Lazy<TypeRegistry> Near = new(static () =>
        TypeRegistry.FromFiles([.. ContractFiles.Largest, Google.Rpc.ErrorDetailsReflection.Descriptor])
    );

    /// <summary>All of them; the first to ask waits for the thousands of messages to be read.</summary>
    public static TypeRegistry All => Every.Value;

    /// <summary>
    /// The message of a full name (<c>google.cloud.aiplatform.v1.Model</c>), or null. Those of the services that the server handles are
    /// found without reading all others.
    /// </summary>
    public static MessageDescriptor? Find(string fullName) => Near.Value.Find(fullName) ?? All.Find(fullName);
}
