package io.waggle.app.rebuild;

import io.waggle.v1.ExampleRange;
import io.waggle.v1.LearnedExample;
import java.util.ArrayList;
import java.util.List;

/**
 * Picks the examples of some ranges, in order, from the log's records, and notes what the log does
 * not hold (any more). Repeats and other attempts' records are passed over. One thread.
 */
final class ExampleWalk {
  private final List<ExampleRange> ranges;
  private final List<ExampleRange> missing = new ArrayList<>();
  private int at;
  private long next;
  private long found;

  ExampleWalk(List<ExampleRange> ranges) {
    this.ranges = List.copyOf(ranges);
    enter(0);
  }

  /** True: this record is the next to be learned. */
  boolean offer(LearnedExample example) {
    for (int index = at; index < ranges.size(); index++) {
      ExampleRange range = ranges.get(index);
      long from = index == at ? next : range.getFirstSequence();
      if (range.getEpoch() == example.getEpoch()
          && from <= example.getSequence()
          && example.getSequence() <= range.getLastSequence()) {
        skipTo(index, example.getSequence());
        found++;
        pass(example.getSequence() + 1);
        return true;
      }
    }
    return false;
  }

  /** The log has ended: what was not found is missing. */
  void end() {
    skipTo(ranges.size(), 0);
  }

  private void skipTo(int index, long sequence) {
    while (at < index) {
      miss(ranges.get(at).getLastSequence());
      enter(at + 1);
    }
    if (at < ranges.size()) {
      miss(sequence - 1);
      next = sequence;
    }
  }

  private void miss(long last) {
    if (next <= last) {
      missing.add(ranges.get(at).toBuilder().setFirstSequence(next).setLastSequence(last).build());
    }
  }

  private void pass(long sequence) {
    if (sequence > ranges.get(at).getLastSequence()) {
      enter(at + 1);
    } else {
      next = sequence;
    }
  }

  private void enter(int index) {
    at = index;
    next = at < ranges.size() ? ranges.get(at).getFirstSequence() : 0;
  }

  /** What the log did not hold, in order. */
  List<ExampleRange> missing() {
    return List.copyOf(missing);
  }

  /** Examples picked so far. */
  long found() {
    return found;
  }

  /** Examples in ranges. */
  static long size(List<ExampleRange> ranges) {
    return ranges.stream()
        .mapToLong(range -> range.getLastSequence() - range.getFirstSequence() + 1)
        .sum();
  }
}
