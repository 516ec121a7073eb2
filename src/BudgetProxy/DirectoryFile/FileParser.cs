using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace BudgetProxy.DirectoryFile;

/// <summary>
/// Takes a YAML file apart, one entry of a map at a time, so that a file of very many tenants is never in memory as a tree. Anchors, aliases, tags and
/// further documents are refused: nothing in a file may stand for more than it says.
/// </summary>
internal sealed class FileParser
{
    /// <summary>Maps and lists within each other: a budget's conditions are at 7.</summary>
    private const int MaxDepth = 16;

    /// <summary>Characters of a name that stands on one line before its colon; each of 256 may be written as an escape of ten.</summary>
    private const int MaxKeyChars = 4 * 1024;

    /// <summary>Characters of one value: a model pattern or a name has at most 256.</summary>
    private const int MaxTextChars = 64 * 1024;

    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly FileErrors _errors;

    /// <exception cref="FileSyntaxException">The file is no YAML.</exception>
    public FileParser(TextReader text, FileErrors errors)
    {
        _scanner = new Scanner(text, skipComments: true, MaxKeyChars);
        _parser = new Parser(_scanner);
        _errors = errors;
        Next();
        if (_parser.Current is StreamStart)
            Next();
        if (_parser.Current is DocumentStart)
            Next();
    }

    private FilePlace Here => PlaceOf(_parser.Current!.Start);

    /// <summary>Reads all fields of the map that comes next, and what each of them holds through <paramref name="value"/>, which must read one value.</summary>
    /// <param name="value">Gets the field's name and place.</param>
    /// <exception cref="FileSyntaxException">The file can't be read any further.</exception>
    public void ReadMap(string path, int depth, Action<string, FilePlace> value)
    {
        if (_parser.Current is not MappingStart start)
        {
            var node = ReadNode(path, depth);
            if (!node.IsNull)
                _errors.Add(node.Place, path, "Must be a map: names, each with a colon and what belongs to it.");
            return;
        }

        RefuseMarks(start, path);
        Next();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (_parser.Current is not MappingEnd)
        {
            var place = Here;
            if (_parser.Current is not Scalar name)
                throw new FileSyntaxException(place, path, "A name must be plain text; lists, maps and aliases can't be one.");
            RefuseMarks(name, path);
            CheckText(name, place, path);
            Next();
            if (names.Add(name.Value))
            {
                value(name.Value, place);
                continue;
            }

            _errors.Add(place, Join(path, name.Value), "This name stands here a second time.");
            ReadNode(Join(path, name.Value), depth);
        }

        Next();
    }

    /// <summary>Reads one value whole.</summary>
    /// <param name="named">Where its name stands, which is its place then; null = it has none.</param>
    /// <exception cref="FileSyntaxException">The file can't be read any further.</exception>
    public FileNode ReadNode(string path, int depth, FilePlace? named = null)
    {
        var place = named ?? Here;
        if (depth > MaxDepth)
            throw new FileSyntaxException(place, path, $"Nested more than {MaxDepth} deep.");
        switch (_parser.Current)
        {
            case Scalar scalar:
                RefuseMarks(scalar, path);
                CheckText(scalar, place, path);
                Next();
                return new FileNode(FileNodeKind.Scalar, place) { Text = scalar.Value, IsPlain = scalar.Style == ScalarStyle.Plain };
            case MappingStart:
                var map = new FileNode(FileNodeKind.Map, place);
                ReadMap(path, depth, (name, at) => map.Fields.Add((name, ReadNode(Join(path, name), depth + 1, at))));
                return map;
            case SequenceStart sequence:
                RefuseMarks(sequence, path);
                Next();
                var list = new FileNode(FileNodeKind.List, place);
                while (_parser.Current is not SequenceEnd)
                    list.Items.Add(ReadNode($"{path}[{list.Items.Count}]", depth + 1));
                Next();
                return list;
            case AnchorAlias alias:
                _errors.Add(place, path, $"'*{alias.Value.Value}' is an alias, and those are not taken: write out what is meant.");
                Next();
                return new FileNode(FileNodeKind.Scalar, place) { IsPlain = true };
            default:
                throw new FileSyntaxException(place, path, "The file has nothing in it. Its top level is a map with 'tenants', 'plans' or both.");
        }
    }

    /// <summary>Nothing may follow.</summary>
    /// <exception cref="FileSyntaxException">Something does.</exception>
    public void ReadEnd()
    {
        if (_parser.Current is DocumentEnd)
            Next();
        if (_parser.Current is DocumentStart)
            throw new FileSyntaxException(Here, "", "A second document begins here; a directory file has one.");
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private void RefuseMarks(NodeEvent node, string path)
    {
        if (!node.Anchor.IsEmpty)
            _errors.Add(PlaceOf(node.Start), path, $"'&{node.Anchor.Value}' is an anchor, and those are not taken: write out what is meant in each place.");
        if (!node.Tag.IsEmpty && !(node.Tag.IsNonSpecific && node is Scalar { Style: not ScalarStyle.Plain }))
            _errors.Add(PlaceOf(node.Start), path, $"'{node.Tag.Value}' is a tag, and those are not taken: put text in quotes instead.");
    }

    /// <summary>An escape can write half of a surrogate pair, of which no text can be made.</summary>
    private static void CheckText(Scalar scalar, FilePlace place, string path)
    {
        var text = scalar.Value;
        if (text.Length > MaxTextChars)
            throw new FileSyntaxException(place, path, $"A value has at most {MaxTextChars} characters.");
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                throw new FileSyntaxException(place, path, "The text holds half of a surrogate pair, which is no character.");
            i++;
        }
    }

    private void Next()
    {
        try
        {
            _parser.MoveNext();
        }
        catch (YamlException wrong)
        {
            // Some faults name where the thing began that could not be read; that is further back than an editor's eye should go.
            var place = wrong.End.Index > wrong.Start.Index ? wrong.End : _scanner.CurrentPosition;
            throw new FileSyntaxException(PlaceOf(place), "", $"This is no YAML: {wrong.Message.TrimEnd('.')}.");
        }
        catch (InvalidOperationException)
        {
            // The scanner gives up on some faults with this, which knows neither place nor reason.
            throw new FileSyntaxException(PlaceOf(_scanner.CurrentPosition), "", "This is no YAML: it can't be read from here on.");
        }
        catch (DecoderFallbackException)
        {
            throw new FileSyntaxException(_parser.Current is null ? new FilePlace(1, 1) : Here, "", "The file is not UTF-8 text after this.");
        }
    }

    private static FilePlace PlaceOf(Mark mark) => new(Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));
}
