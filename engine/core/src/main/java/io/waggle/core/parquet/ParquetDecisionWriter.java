package io.waggle.core.parquet;

import io.waggle.core.log.DecisionLogWriter;
import io.waggle.core.log.LoggedDecision;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;

/**
 * Writes decisions as one Parquet file with the columns of docs/decision-log.md. It holds at most a
 * row group in memory. One thread.
 */
public final class ParquetDecisionWriter implements DecisionLogWriter {
  /** Key of the file's metadata under which {@link #FORMAT} stands. */
  static final String FORMAT_KEY = "waggle.decision_log";

  /** Grows when a reader must know of a change; columns may be added without. */
  static final String FORMAT = "1";

  /** Encoded bytes of a row group: what the writer holds in memory, and a reader of a column. */
  private static final long ROW_GROUP_BYTES = 32L << 20;

  /** A catalogue's features are worth a larger dictionary than Parquet's 1 MiB. */
  private static final int DICTIONARY_BYTES = 4 << 20;

  private final ParquetWriter<LoggedDecision> writer;

  /**
   * Begins a file.
   *
   * @param stream empty so far; {@link #close} ends the file and leaves it open
   */
  public ParquetDecisionWriter(OutputStream stream) throws IOException {
    writer =
        new Builder(new StreamOutputFile(stream))
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(new ZstandardPages())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withDictionaryPageSize(DICTIONARY_BYTES)
            .withExtraMetaData(Map.of(FORMAT_KEY, FORMAT))
            .build();
  }

  /**
   * Creates or replaces a file.
   *
   * @throws IOException when it cannot be written
   */
  public static DecisionLogWriter create(Path file) throws IOException {
    OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file));
    try {
      ParquetDecisionWriter writer = new ParquetDecisionWriter(stream);
      return new DecisionLogWriter() {
        @Override
        public void write(LoggedDecision decision) throws IOException {
          writer.write(decision);
        }

        @Override
        public void close() throws IOException {
          try (stream) {
            writer.close();
          }
        }
      };
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  @Override
  public void write(LoggedDecision decision) throws IOException {
    writer.write(decision);
  }

  /** Ends the file; without that it cannot be read. */
  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Builder extends ParquetWriter.Builder<LoggedDecision, Builder> {
    Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // Abstract still, though not called with our configuration.
    protected WriteSupport<LoggedDecision> getWriteSupport(Configuration configuration) {
      throw new UnsupportedOperationException("there is no Hadoop here");
    }

    @Override
    protected WriteSupport<LoggedDecision> getWriteSupport(ParquetConfiguration configuration) {
      return new RowWriter();
    }
  }
}
