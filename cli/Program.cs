using Inception.Distributed.Cli.Commands;
using Inception.Distributed.Cli.Launch;

return await InceptionCommand.RunAsync(ChildMode.Enter(args));
