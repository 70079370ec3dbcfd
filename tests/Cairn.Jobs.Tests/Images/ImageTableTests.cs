using Cairn.Jobs.Agent;
using Cairn.Jobs.Images;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Images;

public sealed class ImageTableTests
{
    [Theory]
    [InlineData("us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest", "sklearn")]
    [InlineData("europe-docker.pkg.dev/vertex-ai/training/scikit-learn-cpu.0-23:latest", "sklearn")]
    [InlineData("asia-docker.pkg.dev/vertex-ai/training/xgboost-cpu.1-1:latest", "xgboost")]
    [InlineData("gcr.io/cloud-aiplatform/training/scikit-learn-cpu.0-23:latest", "sklearn")]
    [InlineData("us-docker.pkg.dev/vertex-ai/training/pytorch-gpu.1-13.py310:latest", "torch")]
    [InlineData("us-docker.pkg.dev/vertex-ai/training/tf-cpu.2-17.py310@sha256:abc", "tensorflow")]
    public void vertexs_prebuilt_images_are_known(string image, string module) => Load("").Find(image)!.Modules.ShouldBe([module]);

    [Theory]
    [InlineData("us-docker.pkg.dev/deeplearning-platform-release/gcr.io/r-cpu.4-2:latest", ImageLanguage.R)]
    [InlineData("gcr.io/deeplearning-platform-release/r-cpu.4-1", ImageLanguage.R)]
    [InlineData("us-docker.pkg.dev/vertex-ai/training/r-cpu.4-2:latest", ImageLanguage.R)]
    [InlineData("rocker/r-ver:4.3.1", ImageLanguage.R)]
    [InlineData("r-base:4.2.2", ImageLanguage.R)]
    [InlineData("mcr.microsoft.com/dotnet/sdk:10.0", ImageLanguage.Dotnet)]
    [InlineData("mcr.microsoft.com/dotnet/runtime:8.0-alpine", ImageLanguage.Dotnet)]
    public void images_of_other_languages_are_known(string image, ImageLanguage language) =>
        Load("").Find(image)!.Language.ShouldBe(language);

    [Fact]
    public void every_default_says_how_to_get_it() =>
        Load("")
            .Entries.ShouldAllBe(entry => entry.Install != null || (entry.Language == ImageLanguage.Python && entry.Modules.Count == 0));

    [Theory]
    [InlineData("gcr.io/acme/trainer:v1")]
    [InlineData("evil.example/us-docker.pkg.dev/vertex-ai/training/sklearn")]
    public void other_images_are_not(string image) => Load("").Find(image).ShouldBeNull();

    [Fact]
    public void the_users_file_comes_first()
    {
        var table = Load(
            """
            training:
              - match: "*/training/sklearn-cpu*"
                interpreter: /opt/python
                paths: [/opt]
              - match: gcr.io/acme/trainer
                image: localhost/trainer:1
            prediction: []
            """
        );

        table.Find("us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest")!.Interpreter.ShouldBe("/opt/python");
        table.Find("gcr.io/acme/trainer:v7")!.Image.ShouldBe("localhost/trainer:1");
        table.Find("us-docker.pkg.dev/vertex-ai/training/xgboost-cpu.1-1:latest")!.Modules.ShouldBe(["xgboost"]);
    }

    [Fact]
    public void the_same_as_json_is_the_same() =>
        Load("""{"training": [{"match": "a/b", "interpreter": "/opt/python"}]}""").Find("a/b:c")!.Interpreter.ShouldBe("/opt/python");

    [Theory]
    [InlineData("training:\n  - interpreter: /x", "match")]
    [InlineData("training:\n  - match: a\n    interpreter: python3", "absolute")]
    [InlineData("training:\n  - match: a\n    interpeter: /x", "images.yaml")]
    [InlineData("training: [", "images.yaml")]
    public void a_wrong_file_is_told(string text, string part) =>
        Should.Throw<InvalidDataException>(() => Load(text)).Message.ShouldContain(part);

    private static ImageTable Load(string text)
    {
        using var scratch = new ScratchDirectory();
        File.WriteAllText(scratch["images.yaml"], text);
        return ImageTable.Load("training", EmbeddedText.Open("training-images.yaml"), text.Length == 0 ? null : scratch["images.yaml"]);
    }
}
