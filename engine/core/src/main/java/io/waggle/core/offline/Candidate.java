package io.waggle.core.offline;

import io.waggle.v1.PolicyConfig;
import org.jspecify.annotations.Nullable;

/**
 * A policy to evaluate.
 *
 * @param name among the candidates of one evaluation
 * @param description what it is, for people; may be empty
 * @param config the policy; null: the log itself, as if whoever logged were the candidate
 * @param mask what it does not get to see; null: it sees all
 */
public record Candidate(
    String name, String description, @Nullable PolicyConfig config, @Nullable FeatureMask mask) {
  /** Name of the log's own policy. */
  public static final String LOGGED = "logged";

  /** The log itself. */
  public static Candidate logged() {
    return new Candidate(LOGGED, "the log's own average", null, null);
  }

  /** A policy that sees all. */
  public static Candidate of(PolicyConfig config) {
    return new Candidate(config.getName(), description(config), config, null);
  }

  /** The same policy without something. */
  public Candidate without(FeatureMask masked) {
    return new Candidate("without " + masked.name(), description, config, masked);
  }

  private static String description(PolicyConfig config) {
    return switch (config.getKindCase()) {
      case VOWPAL_WABBIT -> config.getVowpalWabbit().getArguments();
      case POPULARITY -> "best recent mean reward";
      case UNIFORM -> "every action alike";
      case BASELINE -> "the first action";
      case TABLE -> "table of " + config.getTable().getRowsCount() + " rows";
      case KIND_NOT_SET -> "";
    };
  }
}
