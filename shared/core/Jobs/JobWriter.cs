using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Inception.Distributed.Jobs;

/// <summary>Writes a job with all its fields, in the order of declaration.</summary>
internal static class JobWriter
{
    public static string Write(JobSpec spec)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(writer);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        WriteSection(emitter, JobField.Root, spec);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return writer.ToString();
    }

    private static void WriteSection(Emitter emitter, JobField section, object value)
    {
        emitter.Emit(new MappingStart());
        foreach (var field in section.Fields)
        {
            emitter.Emit(new Scalar(field.Name));
            var fieldValue = field.Get(value);
            if (fieldValue is TrainingSources sources) WriteSources(emitter, field, sources);
            else if (field.IsSection && fieldValue is not null) WriteSection(emitter, field, fieldValue);
            else if (fieldValue is NumberList numbers) WriteList(emitter, numbers);
            else emitter.Emit(fieldValue is string text ? Text(text) : new Scalar(JobField.Text(fieldValue)));
        }
        emitter.Emit(new MappingEnd());
    }

    private static void WriteSources(Emitter emitter, JobField field, TrainingSources sources)
    {
        if (sources.Count > 1) emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        foreach (var source in sources) WriteSection(emitter, field, source);
        if (sources.Count > 1) emitter.Emit(new SequenceEnd());
    }

    private static void WriteList(Emitter emitter, NumberList numbers)
    {
        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Flow));
        foreach (var number in numbers) emitter.Emit(new Scalar(JobField.Text(number)));
        emitter.Emit(new SequenceEnd());
    }

    // Anything but a plain word or path is quoted, so that no reader takes it for a number, a null or a comment.
    private static Scalar Text(string text)
    {
        var isWord = text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/')
            && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '-' or '_' or '.')
            && text.ToUpperInvariant() is not ("NULL" or "TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N");
        return new Scalar(AnchorName.Empty, TagName.Empty, text, isWord ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted, isWord, !isWord);
    }
}
