namespace BudgetProxy.Core.Requests;

/// <summary>Where the cursor stands at one depth of the body: under a key of an object, or at an element of an array.</summary>
/// <param name="KeyStart">Byte offset of the key, inside its quotes.</param>
/// <param name="KeyLength">Bytes of the key, still escaped.</param>
/// <param name="Index">Element of the array; <see cref="InObject"/> in an object.</param>
/// <param name="FirstKey">Keys that were open when the object began: its own come after them.</param>
internal readonly record struct PathStep(int KeyStart, int KeyLength, int Index, int FirstKey)
{
    public const int InObject = -2;
}
