package io.waggle.state.join;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.waggle.v1.DerivationCounts;

/**
 * The counts of the derivation of one surface's rewards; one thread writes.
 *
 * <p>INVARIANT, after every record and every due time, summed over the subtasks:
 *
 * <pre>
 * received = without rule + rewarded + unmatched + waiting + duplicate
 * </pre>
 *
 * <p>Rewarded is what the join counts as derived rewards received.
 */
public final class DerivationCounter {
  private final DerivationCounts.Builder counts;

  public DerivationCounter(String surface) {
    counts = DerivationCounts.newBuilder().setSurface(surface);
  }

  /** Counts so far. */
  public DerivationCounts counts() {
    return counts.build();
  }

  /** Adds saved counts, for example those of another subtask before a restart. */
  public void add(DerivationCounts saved) {
    for (FieldDescriptor field : DerivationCounts.getDescriptor().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.LONG) {
        counts.setField(field, (long) counts.getField(field) + (long) saved.getField(field));
      }
    }
  }

  void received() {
    counts.setDerivationReceived(counts.getDerivationReceived() + 1);
  }

  void withoutRule() {
    counts.setDerivationWithoutRule(counts.getDerivationWithoutRule() + 1);
  }

  void repeated() {
    counts.setDerivationDuplicate(counts.getDerivationDuplicate() + 1);
  }

  void waits() {
    counts.setDerivationWaiting(counts.getDerivationWaiting() + 1);
  }

  void waitedLongEnough() {
    counts.setDerivationWaiting(counts.getDerivationWaiting() - 1);
  }

  void rewarded() {
    counts.setDerivationRewarded(counts.getDerivationRewarded() + 1);
  }

  void unmatched() {
    counts.setDerivationUnmatched(counts.getDerivationUnmatched() + 1);
  }
}
