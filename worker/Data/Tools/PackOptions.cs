namespace Inception.Distributed.Worker.Data.Tools;

/// <summary>What decides on the bytes of packed shards, beside the dataset.</summary>
/// <param name="Size">Pixels of the shorter side; smaller images keep their size.</param>
/// <param name="Quality">Of JPEG, 1 to 100.</param>
/// <param name="ShardSamples">Samples of the dataset that make a shard.</param>
public sealed record PackOptions(int Size, int Quality, int ShardSamples);

/// <param name="Images">In the shards.</param>
/// <param name="Bytes">Of the shards.</param>
/// <param name="StoredBytes">Of the samples that were read now.</param>
/// <param name="Copied">Of the images packed now, those whose files went in as they are.</param>
/// <param name="LeftOut">Corrupt samples among those read now.</param>
/// <param name="ShardsBefore">Shards that an earlier run had packed.</param>
public sealed record PackSummary(long Images, long Bytes, long StoredBytes, long Copied, IReadOnlyList<CorruptSample> LeftOut, int Shards, int ShardsBefore);
