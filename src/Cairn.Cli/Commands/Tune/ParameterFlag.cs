using System.Globalization;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec.Types;

namespace Cairn.Cli.Commands.Tune;

/// <summary>
/// <c>--param NAME=SPACE</c>: <c>0..1</c>, <c>log:1e-4..1</c>, <c>reverse-log:0.9..0.999</c>, <c>int:2..10</c>, <c>int:log:8..512</c>,
/// <c>list:16,32,64</c>, or categories <c>sgd,adam</c>.
/// </summary>
internal static class ParameterFlag
{
    /// <exception cref="CliException">A usage error that says what the forms are.</exception>
    public static ParameterSpec Parse(string text)
    {
        if (text.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } space])
        {
            throw Wrong(text);
        }

        var spec = new ParameterSpec { ParameterId = name };
        var whole = Take(ref space, "int:");
        spec.ScaleType =
            Take(ref space, "log:") ? ScaleType.UnitLogScale
            : Take(ref space, "reverse-log:") ? ScaleType.UnitReverseLogScale
            : ScaleType.Unspecified;
        if (space.Split("..") is [var low, var high])
        {
            SetRange(spec, whole, low, high, text);
        }
        else if (!whole && Take(ref space, "list:"))
        {
            spec.DiscreteValueSpec = new DiscreteValueSpec { Values = { space.Split(',').Select(value => Number(value, text)) } };
        }
        else if (!whole && spec.ScaleType == ScaleType.Unspecified)
        {
            spec.CategoricalValueSpec = new CategoricalValueSpec { Values = { space.Split(',') } };
        }
        else
        {
            throw Wrong(text);
        }

        return spec;
    }

    private static void SetRange(ParameterSpec spec, bool whole, string low, string high, string text)
    {
        if (!whole)
        {
            spec.DoubleValueSpec = new DoubleValueSpec { MinValue = Number(low, text), MaxValue = Number(high, text) };
        }
        else if (
            long.TryParse(low, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var least)
            && long.TryParse(high, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var most)
        )
        {
            spec.IntegerValueSpec = new IntegerValueSpec { MinValue = least, MaxValue = most };
        }
        else
        {
            throw Wrong(text);
        }
    }

    private static bool Take(ref string text, string prefix)
    {
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        text = text[prefix.Length..];
        return true;
    }

    private static double Number(string text, string whole) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(whole);

    private static CliException Wrong(string text) =>
        CliException.Usage(
            $"--param is '{text}'; it must be NAME=LOW..HIGH, NAME=log:LOW..HIGH, NAME=reverse-log:LOW..HIGH, NAME=int:LOW..HIGH, NAME=list:1,2,4 or NAME=a,b,c."
        );
}
