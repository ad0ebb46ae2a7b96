package io.waggle.core.parquet;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * A Parquet file of which the decision log's columns are read. What is no such file is an {@link
 * IOException}, whatever its bytes are. Holds one row group's bytes while its rows are read. One
 * thread.
 */
final class ParquetFile implements AutoCloseable {
  private static final int MAGIC_BYTES = 4;
  private static final int TAIL_BYTES = Integer.BYTES + MAGIC_BYTES;
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private final FileChannel channel;
  private final long size;
  private final FileMetaData footer;
  private final MessageType fileSchema;

  /** Those of its columns that the log knows. */
  private final MessageType schema;

  private ParquetFile(FileChannel channel) throws IOException {
    this.channel = channel;
    this.size = channel.size();
    this.footer = footer();
    this.fileSchema =
        new ParquetMetadataConverter().fromParquetMetadata(footer).getFileMetaData().getSchema();
    List<Type> known =
        fileSchema.getFields().stream()
            .filter(field -> DecisionColumns.SCHEMA.containsField(field.getName()))
            .toList();
    for (String name : DecisionColumns.REQUIRED) {
      if (!fileSchema.containsField(name)) {
        throw new IOException("file: without column " + name);
      }
    }
    this.schema = new MessageType(fileSchema.getName(), known);
  }

  /**
   * Opens a file.
   *
   * @throws IOException when it cannot be read, or is no decision log
   */
  static ParquetFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new ParquetFile(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    } catch (RuntimeException e) {
      channel.close();
      throw new IOException("file: not readable (expected: Parquet)", e);
    }
  }

  /** How many row groups there are. */
  int groups() {
    return footer.getRow_groupsSize();
  }

  /** Rows of a row group. */
  long rows(int group) {
    return footer.getRow_groups().get(group).getNum_rows();
  }

  /** The smallest event time as its writer noted it, in its unit; the smallest number: unknown. */
  long smallestEventTime() {
    long smallest = Long.MAX_VALUE;
    for (RowGroup group : footer.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        ColumnMetaData column = chunk.getMeta_data();
        if (column.getPath_in_schema().equals(List.of(DecisionColumns.EVENT_TIME))) {
          byte[] least = column.isSetStatistics() ? column.getStatistics().getMin_value() : null;
          smallest =
              least == null || least.length != Long.BYTES
                  ? Long.MIN_VALUE
                  : Math.min(
                      smallest, ByteBuffer.wrap(least).order(ByteOrder.LITTLE_ENDIAN).getLong());
        }
      }
    }
    return smallest;
  }

  /** The rows of a row group; reading one throws a RuntimeException where its pages are damaged. */
  RecordReader<Group> read(int group) throws IOException {
    RowGroup rowGroup = footer.getRow_groups().get(group);
    Map<List<String>, ColumnDescriptor> wanted = new HashMap<>();
    for (ColumnDescriptor column : schema.getColumns()) {
      wanted.put(List.of(column.getPath()), column);
    }
    Map<ColumnDescriptor, PageReader> pages = new HashMap<>();
    for (ColumnChunk chunk : rowGroup.getColumns()) {
      ColumnMetaData metadata = chunk.getMeta_data();
      ColumnDescriptor column = wanted.remove(metadata.getPath_in_schema());
      if (column != null) {
        pages.put(column, new ColumnPages(column, metadata, chunk(metadata)));
      }
    }
    if (!wanted.isEmpty()) {
      throw new IOException("row group: without columns that the schema names");
    }
    return new ColumnIOFactory()
        .getColumnIO(schema, fileSchema)
        .getRecordReader(
            new Pages(rowGroup.getNum_rows(), pages), new GroupRecordConverter(schema));
  }

  private byte[] chunk(ColumnMetaData column) throws IOException {
    long start = column.getData_page_offset();
    if (column.isSetDictionary_page_offset() && column.getDictionary_page_offset() > 0) {
      start = Math.min(start, column.getDictionary_page_offset());
    }
    long length = column.getTotal_compressed_size();
    if (start < MAGIC_BYTES || length < 0 || length > size - start) {
      throw new IOException("column: outside the file");
    }
    return bytes(start, length);
  }

  private FileMetaData footer() throws IOException {
    if (size < MAGIC_BYTES + TAIL_BYTES) {
      throw new IOException("file: too short for Parquet");
    }
    ByteBuffer tail = ByteBuffer.wrap(bytes(size - TAIL_BYTES, TAIL_BYTES));
    long length = tail.order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] magic = new byte[MAGIC_BYTES];
    tail.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("file: no Parquet, or cut off");
    }
    long start = size - TAIL_BYTES - length;
    if (length <= 0 || start < MAGIC_BYTES) {
      throw new IOException("file: a footer of a size that cannot be");
    }
    FileMetaData metadata = Util.readFileMetaData(new ByteArrayInputStream(bytes(start, length)));
    for (RowGroup group : metadata.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        if (!chunk.isSetMeta_data()) {
          throw new IOException("file: encrypted columns (expected: readable ones)");
        }
      }
    }
    return metadata;
  }

  private byte[] bytes(long start, long length) throws IOException {
    if (length > Integer.MAX_VALUE - TAIL_BYTES) {
      throw new IOException("column: over 2 GiB in one row group");
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, start + buffer.position()) < 0) {
        throw new EOFException("file: cut off while it was read");
      }
    }
    return buffer.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The pages of a row group. */
  private record Pages(long getRowCount, Map<ColumnDescriptor, PageReader> columns)
      implements PageReadStore {
    @Override
    public PageReader getPageReader(ColumnDescriptor column) {
      PageReader pages = columns.get(column);
      if (pages == null) {
        throw new IllegalArgumentException("no pages of " + column);
      }
      return pages;
    }
  }
}
