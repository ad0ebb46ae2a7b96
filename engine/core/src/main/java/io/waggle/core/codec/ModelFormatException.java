package io.waggle.core.codec;

/** Bytes that are not a whole, sound model of a kind that is known here. */
public final class ModelFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final long offset;

  /**
   * @param field the field that broke a rule
   * @param offset where the field begins in the bytes
   * @param found what is there
   * @param expected the rule
   */
  ModelFormatException(String field, long offset, Object found, String expected) {
    super("%s at byte %d: %s (expected: %s)".formatted(field, offset, found, expected));
    this.field = field;
    this.offset = offset;
  }

  /** The field that broke a rule. */
  public String field() {
    return field;
  }

  /** Where that field begins in the bytes. */
  public long offset() {
    return offset;
  }
}
