package io.waggle.core.model;

import io.waggle.core.codec.ModelHeader;
import io.waggle.core.score.Interactions;
import io.waggle.core.score.LearnerOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a model's bytes are of the learner that they are said to be of. Vowpal Wabbit takes bytes
 * of another exploration without a word where their layout happens to be the same ({@code
 * --softmax} for epsilon-greedy), and predicts something else. Compared is what the bytes keep as
 * it was given: kind of learner, number of weights, exploration with its number of policies, and
 * interactions. Pure.
 */
final class KeptOptions {
  private static final int DEFAULT_BITS = 18;
  private static final List<String> SHAPES =
      List.of("--ccb_explore_adf", "--first", "--softmax", "--squarecb", "--regcb");
  private static final List<String> COUNTS = List.of("--bag", "--cover");

  private KeptOptions() {}

  /** As {@code model: value (expected: ...)} what is another learner's; null: all is as given. */
  static @Nullable String problem(String arguments, ModelHeader header) {
    LearnerOptions given = new LearnerOptions(arguments);
    LearnerOptions kept = new LearnerOptions(header.options());
    boolean same =
        header.bits() == given.number("--bit_precision", DEFAULT_BITS)
            && SHAPES.stream().allMatch(name -> given.has(name) == kept.has(name))
            && COUNTS.stream().allMatch(name -> given.number(name, 0) == kept.number(name, 0))
            && Interactions.of(given).equals(Interactions.of(kept));
    return same
        ? null
        : "model: -b %d%s (expected: a model of %s)"
            .formatted(header.bits(), header.options(), arguments);
  }
}
