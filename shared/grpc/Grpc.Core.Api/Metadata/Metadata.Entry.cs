using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One header. Keys are lower-case letters, digits, <c>_</c>, <c>-</c> and <c>.</c>; others are lowered or refused.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <exception cref="ArgumentException">The key is malformed or ends with <see cref="BinaryHeaderSuffix"/>.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalize(key);
            if (IsBinary)
                throw new ArgumentException($"The key '{Key}' ends with '{BinaryHeaderSuffix}', so its value must be bytes.", nameof(value));
            _text = value;
        }

        /// <exception cref="ArgumentException">The key is malformed or does not end with <see cref="BinaryHeaderSuffix"/>.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalize(key);
            if (!IsBinary)
                throw new ArgumentException($"The key '{Key}' does not end with '{BinaryHeaderSuffix}', so its value must be text.", nameof(valueBytes));
            _bytes = (byte[])valueBytes.Clone();
        }

        public string Key { get; }

        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => _text ?? throw new InvalidOperationException($"The header '{Key}' is binary.");

        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : (byte[])_bytes.Clone();

        public override string ToString() => $"[Entry: key={Key}, {(IsBinary ? $"valueBytes={Convert.ToHexString(_bytes!)}" : $"value={_text}")}]";

        private static string Normalize(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            var lower = key.ToLowerInvariant();
            if (!lower.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.'))
                throw new ArgumentException($"'{key}' can't be a header's name.", nameof(key));
            return lower;
        }
    }
}
