using System.CommandLine;

var root = new RootCommand("Cairn: a self-hosted MLOps platform.");
return await root.Parse(args).InvokeAsync();
