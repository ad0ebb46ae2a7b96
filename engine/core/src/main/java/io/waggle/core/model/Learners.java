package io.waggle.core.model;

import io.waggle.v1.PolicyConfig;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens the learner that a policy's arguments stand for. The arguments are one line that tells the
 * kind and all its settings; they travel with the model's bytes, so that a reader needs nothing
 * else: Vowpal Wabbit's command line, whose words all begin with a dash, or {@code popularity
 * half_life=PT1H}. Any thread.
 */
public final class Learners {
  /** Half-life of a popularity policy that sets none. */
  public static final Duration DEFAULT_HALF_LIFE = Duration.ofHours(1);

  private static final String POPULARITY = "popularity half_life=";

  private Learners() {}

  /** The arguments of a policy that learns; empty: it does not. */
  public static Optional<String> arguments(PolicyConfig config) {
    return switch (config.getKindCase()) {
      case VOWPAL_WABBIT -> Optional.of(config.getVowpalWabbit().getArguments());
      case POPULARITY -> Optional.of(POPULARITY + halfLife(config));
      case UNIFORM, BASELINE, TABLE, KIND_NOT_SET -> Optional.empty();
    };
  }

  /** True: the arguments are a Vowpal Wabbit command line. */
  public static boolean isVowpalWabbit(String arguments) {
    return !arguments.startsWith(POPULARITY);
  }

  /**
   * A fresh learner, or one that goes on from bytes.
   *
   * @param modelBytes from {@link Learner#modelBytes()} of a learner with the same arguments; the
   *     caller has verified their checksum
   * @param minPropensity smallest propensity that it learns from; below, examples are refused
   * @throws IllegalArgumentException when the arguments or the bytes are wrong
   * @throws IllegalStateException when this machine cannot load Vowpal Wabbit
   */
  public static Learner open(String arguments, byte @Nullable [] modelBytes, double minPropensity) {
    return isVowpalWabbit(arguments)
        ? VowpalWabbitLearner.open(arguments, modelBytes, minPropensity)
        : PopularityLearner.open(halfLifeMillis(arguments), modelBytes, minPropensity);
  }

  private static Duration halfLife(PolicyConfig config) {
    return config.getPopularity().hasHalfLife()
        ? Duration.ofSeconds(
            config.getPopularity().getHalfLife().getSeconds(),
            config.getPopularity().getHalfLife().getNanos())
        : DEFAULT_HALF_LIFE;
  }

  private static long halfLifeMillis(String arguments) {
    try {
      return Duration.parse(arguments.substring(POPULARITY.length())).toMillis();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "arguments: " + arguments + " (expected: " + POPULARITY + "PT1H)", e);
    }
  }
}
