using Cairn.Datasets.Splits;

namespace Cairn.Datasets.Tests.Splits;

public sealed class FarmFingerprintTests
{
    /// <summary>The example of FARM_FINGERPRINT in BigQuery's reference: CONCAT(CAST(x AS STRING), y, CAST(z AS STRING)).</summary>
    [Theory]
    [InlineData("1footrue", -1541654101129638711)]
    [InlineData("2applefalse", 2794438866806483259)]
    [InlineData("3true", -4880158226897771312)]
    public void it_is_what_bigquery_documents(string text, long expected) => FarmFingerprint.Of(text).ShouldBe(expected);

    /// <summary>
    /// Values of Fingerprint64 that implementations in other languages publish as their tests; every class of length, and its bounds.
    /// </summary>
    [Theory]
    [InlineData("", 0x9ae16a3b2f90404f)]
    [InlineData("a", 0xb3454265b6df75e3)]
    [InlineData("ab", 0xaa8d6e5242ada51e)]
    [InlineData("abc", 0x24a5b3a074e7f369)]
    [InlineData("abcd", 0x1a5502de4a1f8101)]
    [InlineData("abcdefg", 0x3c40c92b1ccb7355)]
    [InlineData("abcdefgh", 0xfee9d22990c82909)]
    [InlineData("0123456789@0123", 0x5361eae17c1ff6bc)]
    [InlineData("0123456789'01234", 0x4283d4ef43627f64)]
    [InlineData("0123456789=012345", 0x46a7416ed4861e3b)]
    [InlineData("0123456789%0123456789£", 0x4dbd128af51d77e8)]
    [InlineData("Nepal premier won't resign.", 0x8eb3808d1ccfc779)]
    [InlineData("C is as portable as Stonehedge!!", 0xb944f8a16261e414)]
    [InlineData("Discard medicine more than two years old.", 0xe8f89ab6df9bdd25)]
    [InlineData("The days of the digital watch are numbered.  -Tom Stoppard", 0x2a578b80bb82147c)]
    [InlineData("For every action there is an equal and opposite government program.", 0x55182f8859eca4ce)]
    [InlineData("There is no reason for any individual to have a computer in their home. -Ken Olsen, 1977", 0x7e85d7b050ed2967)]
    [InlineData(
        "The fugacity of a constituent in a mixture of gases at a given temperature is proportional to its mole fraction.  Lewis-Randall Rule",
        0x098eff6958c5e91a
    )]
    [InlineData(
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est laborum.",
        0xc3f02c4ffd5d71e6
    )]
    public void it_is_fingerprint64(string text, ulong expected) => unchecked((ulong)FarmFingerprint.Of(text)).ShouldBe(expected);

    [Fact]
    public void a_bucket_is_the_remainder_of_the_absolute_value()
    {
        FarmFingerprint.Bucket(-1541654101129638711, 10).ShouldBe(1);
        FarmFingerprint.Bucket(2794438866806483259, 10).ShouldBe(9);
        FarmFingerprint.Bucket(long.MinValue, 10).ShouldBe(8);
        FarmFingerprint.Bucket(0, 10).ShouldBe(0);
    }
}
