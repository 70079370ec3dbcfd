using System.Text;
using System.Xml;
using System.Xml.Linq;
using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>Failures as Cloud Storage's XML API writes them.</summary>
internal static class XmlErrors
{
    public static async Task WriteAsync(HttpContext context, StatusException error)
    {
        var (status, _) = GcsErrors.Of(error);
        var response = context.Response;
        response.StatusCode = status;
        if (status == 304)
        {
            return;
        }

        var document = new XElement("Error", new XElement("Code", CodeOf(status)), new XElement("Message", Printable(error.Message)));
        var bytes = Encoding.UTF8.GetBytes("<?xml version='1.0' encoding='UTF-8'?>" + document.ToString(SaveOptions.DisableFormatting));
        response.ContentType = "application/xml; charset=UTF-8";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    // Clients look at the status; the code is for people and for tools that print it.
    private static string CodeOf(int status) =>
        status switch
        {
            400 => "InvalidArgument",
            401 => "AuthenticationRequired",
            403 => "AccessDenied",
            404 => "NoSuchKey",
            412 => "PreconditionFailed",
            416 => "InvalidRange",
            429 => "SlowDown",
            501 => "NotImplemented",
            503 => "ServiceUnavailable",
            _ => "InternalError",
        };

    // The sentence may name an object whose name has a character that XML cannot.
    private static string Printable(string text) =>
        string.Concat(text.Select(static character => char.IsSurrogate(character) || XmlConvert.IsXmlChar(character) ? character : ' '));
}
