package io.waggle.state.examples;

import java.util.ArrayList;
import java.util.List;

/**
 * Which records of one learner in topic {@code examples} stand. A learner that starts again from a
 * checkpoint takes a larger epoch and goes on with the sequence number where the checkpoint stood:
 * its records replace those of smaller epochs from that number on. A record that comes after one of
 * a larger epoch was written by an attempt that was already given up, and does not stand; one that
 * repeats a number of its own epoch stands once, the first time.
 *
 * <p>A reader goes through the log twice: first it offers every record in the topic's order, then
 * it takes those that stand. Holds one range per attempt and gap. One thread.
 */
public final class ExampleHistory {
  private final List<Range> ranges = new ArrayList<>();
  private long newestEpoch = Long.MIN_VALUE;

  /**
   * A stretch without gaps, both ends inclusive.
   *
   * @param epoch the learner's attempt
   * @param first first sequence number
   * @param last last sequence number, at least {@code first}
   */
  public record Range(long epoch, long first, long last) {}

  /**
   * Takes the next record of the topic.
   *
   * @return true: as far as is known now it stands; false: it never will
   */
  public boolean offer(long epoch, long sequence) {
    if (epoch < newestEpoch) {
      return false;
    }
    if (epoch > newestEpoch) {
      begin(epoch, sequence);
    }
    if (ranges.isEmpty()) {
      ranges.add(new Range(epoch, sequence, sequence));
      return true;
    }
    Range newest = ranges.get(ranges.size() - 1);
    if (newest.epoch() == epoch && sequence <= newest.last()) {
      return false;
    }
    if (newest.epoch() == epoch && sequence == newest.last() + 1) {
      ranges.set(ranges.size() - 1, new Range(epoch, newest.first(), sequence));
    } else {
      ranges.add(new Range(epoch, sequence, sequence));
    }
    return true;
  }

  /**
   * An attempt is known to begin with that number although none of its records has been seen:
   * records of smaller epochs from it on do not stand.
   */
  public void begin(long epoch, long sequence) {
    if (epoch <= newestEpoch) {
      return;
    }
    newestEpoch = epoch;
    for (int i = ranges.size() - 1; i >= 0; i--) {
      Range range = ranges.get(i);
      if (range.first() >= sequence) {
        ranges.remove(i);
      } else if (range.last() >= sequence) {
        ranges.set(i, new Range(range.epoch(), range.first(), sequence - 1));
      }
    }
  }

  /** True: a record with these numbers stands, after all that was offered. */
  public boolean stands(long epoch, long sequence) {
    for (Range range : ranges) {
      if (range.epoch() == epoch && range.first() <= sequence && sequence <= range.last()) {
        return true;
      }
    }
    return false;
  }

  /** What stands, by sequence number. A number between two ranges is not in the log (any more). */
  public List<Range> ranges() {
    return List.copyOf(ranges);
  }

  /** Records that stand. */
  public long size() {
    return ranges.stream().mapToLong(range -> range.last() - range.first() + 1).sum();
  }

  /** The last number that stands; 0: none. */
  public long lastSequence() {
    return ranges.isEmpty() ? 0 : ranges.get(ranges.size() - 1).last();
  }
}
