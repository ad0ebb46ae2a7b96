package io.waggle.server.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.feature.RecurringTable;
import io.waggle.core.rule.ValidActions;
import io.waggle.v1.Action;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Actions by their bytes: apps send the same articles and products over and over, and one whose
 * bytes were read before is the same object again, with all that is known of it: here that it is
 * valid, and its bytes. Any thread.
 *
 * <p>An action is kept when its bytes come for the second time, so that those that never come again
 * leave a number behind and no object. Bounds: see {@link RecurringTable}; an action costs its
 * bytes, and some ten times of it in memory.
 */
public final class KnownActions implements ValidActions {
  /** A larger one takes so long to rank that reading it does not count. */
  static final int LARGEST_BYTES = 16 << 10;

  private final RecurringTable<Known> byBytes;

  /** The same entries, by their actions' identity. */
  private final RecurringTable<Known> byAction;

  private final LongAdder known = new LongAdder();
  private final LongAdder parsed = new LongAdder();

  private static final class Known {
    private final byte[] bytes;
    private final Action action;
    private volatile boolean valid;

    private Known(byte[] bytes, Action action) {
      this.bytes = bytes;
      this.action = action;
    }

    boolean isOf(byte[] other, int from, int to) {
      return Arrays.equals(bytes, 0, bytes.length, other, from, to);
    }
  }

  /** At most 16,384 actions of 4 MB together: some 40 MB of memory. */
  public KnownActions() {
    this(1 << 14, 4 << 20);
  }

  /**
   * Knows nothing yet.
   *
   * @param actions most that are kept, a power of two, at least 2
   * @param bytes most that they may have together
   */
  KnownActions(int actions, long bytes) {
    byBytes = new RecurringTable<>(actions, bytes, entry -> entry.bytes.length);
    byAction = new RecurringTable<>(actions, bytes, entry -> entry.bytes.length);
  }

  /**
   * The action of these bytes.
   *
   * @param from where it begins
   * @param to where the next field begins
   * @throws InvalidProtocolBufferException when they are none
   */
  Action read(byte[] bytes, int from, int to) throws InvalidProtocolBufferException {
    if (to - from > LARGEST_BYTES) {
      return parse(bytes, from, to);
    }
    int key = key(bytes, from, to);
    Known entry = find(key, bytes, from, to);
    if (entry != null) {
      known.increment();
      return entry.action;
    }
    Action action = parse(bytes, from, to);
    if (byBytes.isMetAgain(key)) {
      keep(key, Arrays.copyOfRange(bytes, from, to), action);
    }
    return action;
  }

  /**
   * The action that is known of the same bytes as this one, which is kept if none is and it is not
   * too large.
   */
  Action kept(Action action) {
    byte[] bytes = action.toByteArray();
    if (bytes.length > LARGEST_BYTES) {
      return action;
    }
    int key = key(bytes, 0, bytes.length);
    Known entry = find(key, bytes, 0, bytes.length);
    if (entry != null) {
      return entry.action;
    }
    keep(key, bytes, action);
    return action;
  }

  private @Nullable Known find(int key, byte[] bytes, int from, int to) {
    for (int way = 0; way < RecurringTable.WAYS; way++) {
      Known entry = byBytes.get(key, way);
      if (entry != null && entry.isOf(bytes, from, to)) {
        return entry;
      }
    }
    return null;
  }

  private void keep(int key, byte[] bytes, Action action) {
    Known entry = new Known(bytes, action);
    byBytes.keep(key, entry);
    byAction.keep(System.identityHashCode(action), entry);
  }

  /** So many were known, and so many read, by other texts than their bytes. */
  void count(int known, int parsed) {
    this.known.add(known);
    this.parsed.add(parsed);
  }

  private Action parse(byte[] bytes, int from, int to) throws InvalidProtocolBufferException {
    Action action = Action.parser().parseFrom(bytes, from, to - from);
    parsed.increment();
    return action;
  }

  /** A checksum. */
  static int key(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }

  @SuppressWarnings("ReferenceEquality") // known by being the same object
  private @Nullable Known find(Action action) {
    int key = System.identityHashCode(action);
    for (int way = 0; way < RecurringTable.WAYS; way++) {
      Known entry = byAction.get(key, way);
      if (entry != null && entry.action == action) {
        return entry;
      }
    }
    return null;
  }

  @Override
  public boolean isValid(Action action, Predicate<Action> rules) {
    Known entry = find(action);
    if (entry != null && entry.valid) {
      return true;
    }
    boolean valid = rules.test(action);
    if (entry != null) {
      entry.valid = valid;
    }
    return valid;
  }

  /** The bytes that this very action was read from, not to be changed; null: not known. */
  public byte @Nullable [] bytes(Action action) {
    Known entry = find(action);
    return entry == null ? null : entry.bytes;
  }

  /** Actions that were read before. */
  public long known() {
    return known.sum();
  }

  /** Actions that were not; with {@link #known} all that were read. */
  public long parsed() {
    return parsed.sum();
  }

  /** Bytes of those that are kept. */
  long bytes() {
    return byBytes.cost();
  }
}
