package io.waggle.jobs.log;

import io.waggle.core.log.LoggedDecision;
import io.waggle.core.parquet.ParquetDecisionWriter;
import io.waggle.core.parquet.Partition;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import java.io.IOException;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/**
 * Rows into Parquet files by partition, each exactly once: a file that a checkpoint ended gets its
 * name when the checkpoint has completed, also after a crash between the two; one that no
 * checkpoint knows keeps a name that begins with a dot.
 */
public final class DecisionLogSink {
  private DecisionLogSink() {}

  /** The sink of a directory. */
  public static Sink<JoinedDecision> in(DecisionLogSettings settings) {
    return FileSink.forBulkFormat(new Path(settings.directory()), Writer::new)
        .withBucketAssigner(new Partitions())
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(
            OutputFileConfig.builder()
                .withPartPrefix("decisions")
                .withPartSuffix(".parquet")
                .build())
        .build();
  }

  /** A file under way. Flink opens and closes its stream. */
  private static final class Writer implements BulkWriter<JoinedDecision> {
    private final FSDataOutputStream stream;
    private final ParquetDecisionWriter rows;

    Writer(FSDataOutputStream stream) throws IOException {
      this.stream = stream;
      this.rows = new ParquetDecisionWriter(stream);
    }

    @Override
    public void addElement(JoinedDecision row) throws IOException {
      rows.write(new LoggedDecision(row));
    }

    @Override
    public void flush() throws IOException {
      stream.flush();
    }

    @Override
    public void finish() throws IOException {
      rows.close();
    }
  }

  /** A row's partition. */
  private static final class Partitions implements BucketAssigner<JoinedDecision, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String getBucketId(JoinedDecision row, Context context) {
      return partition(row);
    }

    @Override
    public SimpleVersionedSerializer<String> getSerializer() {
      return SimpleVersionedStringSerializer.INSTANCE;
    }
  }

  /** Where a row lies, below the log's directory. */
  public static String partition(JoinedDecision row) {
    Decision decision = row.getDecision();
    return Partition.of(decision.getSurface(), decision.getEventTimeMillis());
  }
}
