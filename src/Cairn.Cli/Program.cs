using Cairn.Cli.Shell;

return await Cli.RunAsync(args, Console.Out, Console.Error);
