namespace Cairn.Cli.Output;

/// <summary>A table's column.</summary>
/// <param name="Field">The path of the value in the resource's JSON, <c>machineSpec.machineType</c>; with <c>:id</c> after it, the last
/// segment of the name it holds.</param>
/// <param name="Asked">Whether the user named it, who is told when no item has it.</param>
internal sealed record Column(string Header, string Field, bool Asked = false);
