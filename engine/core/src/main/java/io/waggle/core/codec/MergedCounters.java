package io.waggle.core.codec;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Counters of a merged model: the base's and what each contribution added. Sums in the order given;
 * where one alone added something the result is that one's number, bit for bit. Pure.
 */
final class MergedCounters {
  private MergedCounters() {}

  static ModelCounters reductions(ModelCounters base, List<ModelCounters> parts) {
    return new ModelCounters(
        parts.stream().anyMatch(ModelCounters::severalSlots),
        // Of first: events left, which several learners together may have used up.
        Math.max(0, count(base, parts, ModelCounters::explored)),
        count(base, parts, ModelCounters::events),
        count(base, parts, ModelCounters::actions));
  }

  static LearnerCounters learner(LearnerCounters base, List<LearnerCounters> parts) {
    return new LearnerCounters(
        base.initialT(),
        sum(base, parts, LearnerCounters::normalizedSumNormX),
        sum(base, parts, LearnerCounters::t),
        sum(base, parts, LearnerCounters::sumLoss),
        sum(base, parts, LearnerCounters::sumLossSinceDump),
        // Always one of theirs: when VW would print next.
        (float) parts.stream().mapToDouble(LearnerCounters::dumpInterval).max().orElseThrow(),
        (float) parts.stream().mapToDouble(LearnerCounters::minLabel).min().orElseThrow(),
        (float) parts.stream().mapToDouble(LearnerCounters::maxLabel).max().orElseThrow(),
        sum(base, parts, LearnerCounters::weightedLabeled),
        sum(base, parts, LearnerCounters::weightedLabels),
        sum(base, parts, LearnerCounters::weightedUnlabeled),
        count(base, parts, LearnerCounters::exampleNumber),
        count(base, parts, LearnerCounters::totalFeatures),
        sum(base, parts, LearnerCounters::totalWeight),
        sum(base, parts, LearnerCounters::weightedLabeledAtDump),
        parts.stream().mapToLong(LearnerCounters::currentPass).max().orElseThrow(),
        sum(base, parts, LearnerCounters::l1State),
        product(base, parts, LearnerCounters::l2State));
  }

  private static <T> long count(T base, List<T> parts, ToLongFunction<T> field) {
    long start = field.applyAsLong(base);
    return start + parts.stream().mapToLong(part -> field.applyAsLong(part) - start).sum();
  }

  private static <T> double sum(T base, List<T> parts, ToDoubleFunction<T> field) {
    double start = field.applyAsDouble(base);
    double sum = start;
    for (T part : parts) {
      double value = field.applyAsDouble(part);
      if (value != start) {
        sum = sum == start ? value : sum + (value - start);
      }
    }
    return sum;
  }

  /** The contraction that l2 leaves is a product. */
  private static <T> double product(T base, List<T> parts, ToDoubleFunction<T> field) {
    double start = field.applyAsDouble(base);
    double product = start;
    for (T part : parts) {
      double value = field.applyAsDouble(part);
      if (value != start) {
        product = product == start ? value : product * (value / start);
      }
    }
    return product;
  }
}
