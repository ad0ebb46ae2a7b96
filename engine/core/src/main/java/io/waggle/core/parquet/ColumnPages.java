package io.waggle.core.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one column of a row group, out of its bytes. Parquet's own reader needs Hadoop on
 * the class path; the format is <a href="https://parquet.apache.org/docs/file-format/">public</a>.
 * A page's checksum is checked where it has one. Methods throw {@link UncheckedIOException} for
 * bytes that are no pages. One thread.
 */
final class ColumnPages implements PageReader {
  /** More than any writer makes; a header that says so is damaged. */
  private static final int MAX_PAGE_BYTES = 1 << 28;

  private final ColumnDescriptor column;
  private final CompressionCodec codec;
  private final long values;
  private final byte[] chunk;
  private int position;

  /**
   * Pages of a column.
   *
   * @param chunk its bytes in the row group
   */
  ColumnPages(ColumnDescriptor column, ColumnMetaData metadata, byte[] chunk) {
    this.column = column;
    this.codec = metadata.getCodec();
    this.values = metadata.getNum_values();
    this.chunk = chunk;
  }

  /** A page as it lies there. */
  private record RawPage(PageHeader header, byte[] bytes) {}

  @Override
  public long getTotalValueCount() {
    return values;
  }

  @Override
  public @Nullable DictionaryPage readDictionaryPage() {
    int start = position;
    try {
      RawPage page = start < chunk.length ? next() : null;
      if (page == null || page.header().getType() != PageType.DICTIONARY_PAGE) {
        position = start;
        return null;
      }
      DictionaryPageHeader header = page.header().getDictionary_page_header();
      return new DictionaryPage(
          BytesInput.from(decompressed(page, 0)),
          header.getNum_values(),
          Encoding.valueOf(header.getEncoding().name()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public @Nullable DataPage readPage() {
    try {
      while (position < chunk.length) {
        RawPage page = next();
        PageHeader header = page.header();
        if (header.getType() == PageType.DATA_PAGE) {
          return first(page, header.getData_page_header());
        }
        if (header.getType() == PageType.DATA_PAGE_V2) {
          return second(page, header.getData_page_header_v2());
        }
        // Pages of kinds to come are to be passed over.
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RawPage next() throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(chunk, position, chunk.length - position);
    PageHeader header = Util.readPageHeader(in);
    int start = chunk.length - in.available();
    int length = header.getCompressed_page_size();
    int size = header.getUncompressed_page_size();
    if (length < 0 || length > in.available() || size < 0 || size > MAX_PAGE_BYTES) {
      throw new IOException("page of " + column + ": a size that cannot be");
    }
    position = start + length;
    byte[] bytes = Arrays.copyOfRange(chunk, start, position);
    if (header.isSetCrc()) {
      CRC32 checksum = new CRC32();
      checksum.update(bytes);
      if ((int) checksum.getValue() != header.getCrc()) {
        throw new IOException("page of " + column + ": another checksum than its header says");
      }
    }
    return new RawPage(header, bytes);
  }

  /**
   * The bytes behind a number of plain ones, as they were before they were compressed.
   *
   * @param plain bytes at the start that no codec touched
   */
  private byte[] decompressed(RawPage page, int plain) throws IOException {
    byte[] compressed = Arrays.copyOfRange(page.bytes(), plain, page.bytes().length);
    return PageCodecs.decompress(
        codec, compressed, page.header().getUncompressed_page_size() - plain);
  }

  private DataPage first(RawPage page, DataPageHeader header) throws IOException {
    return new DataPageV1(
        BytesInput.from(decompressed(page, 0)),
        header.getNum_values(),
        page.header().getUncompressed_page_size(),
        unknown(),
        Encoding.valueOf(header.getRepetition_level_encoding().name()),
        Encoding.valueOf(header.getDefinition_level_encoding().name()),
        Encoding.valueOf(header.getEncoding().name()));
  }

  private DataPage second(RawPage page, DataPageHeaderV2 header) throws IOException {
    int repetition = header.getRepetition_levels_byte_length();
    int levels = repetition + header.getDefinition_levels_byte_length();
    if (repetition < 0
        || levels < repetition
        || levels > page.bytes().length
        || levels > page.header().getUncompressed_page_size()) {
      throw new IOException("page of " + column + ": levels of a size that cannot be");
    }
    // Where all is null nothing is left to compress, and some writers write nothing then.
    boolean plain = !header.isIs_compressed() || page.bytes().length == levels;
    byte[] data =
        plain
            ? Arrays.copyOfRange(page.bytes(), levels, page.bytes().length)
            : decompressed(page, levels);
    return DataPageV2.uncompressed(
        header.getNum_rows(),
        header.getNum_nulls(),
        header.getNum_values(),
        BytesInput.from(page.bytes(), 0, repetition),
        BytesInput.from(page.bytes(), repetition, levels - repetition),
        Encoding.valueOf(header.getEncoding().name()),
        BytesInput.from(data),
        unknown());
  }

  private Statistics<?> unknown() {
    return Statistics.getBuilderForReading(column.getPrimitiveType()).build();
  }
}
