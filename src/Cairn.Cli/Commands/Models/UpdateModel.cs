using Cairn.Cli.Commands.Verbs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Models;

internal sealed class UpdateModel()
    : UpdateVerb<Model>(
        "model",
        ModelsNoun.Collection,
        "Change what a model says of itself.",
        static (model, name) => model.Name = name,
        Text("--display-name", "The new name for people.", "displayName", static (model, text) => model.DisplayName = text),
        Text("--description", "The new description.", "description", static (model, text) => model.Description = text),
        Labels(static model => model.Labels)
    );
