package io.waggle.app.evaluate;

import io.waggle.core.model.Learners;
import io.waggle.core.offline.Candidate;
import io.waggle.core.offline.Estimator;
import io.waggle.core.offline.FeatureReference;
import io.waggle.core.offline.OfflineSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to evaluate on which log, and how.
 *
 * @param logs in the order they are read
 * @param names of the logs, for people
 * @param candidates those given, in their order; names unique
 * @param search more candidates, most of which are ended before the log does; null: none
 * @param settings whose alpha is shared by all candidates of a search
 * @param segments features that values are told apart by
 * @param rewardModel what DM and DR expect by
 * @param rewardModelBy features that the tabular model tells apart besides actions
 * @param estimator that ranks; null: DR where there is a reward model, else SNIPS
 * @param ablation what to leave out of which candidate; null: nothing
 * @param threads that evaluate
 */
public record EvaluationPlan(
    List<LogSource> logs,
    List<String> names,
    List<Candidate> candidates,
    @Nullable SearchSpace search,
    OfflineSettings settings,
    List<FeatureReference> segments,
    RewardModelKind rewardModel,
    List<FeatureReference> rewardModelBy,
    @Nullable Estimator estimator,
    @Nullable AblationPlan ablation,
    int threads) {
  /** Most candidates that are given one by one. */
  static final int CANDIDATES_MAX = 256;

  /** Most features that values are told apart by. */
  static final int SEGMENTS_MAX = 8;

  /**
   * An ablation.
   *
   * @param candidate name of a candidate that learns
   * @param featuresMax most features that are left out one by one; all namespaces always are
   */
  public record AblationPlan(String candidate, int featuresMax) {
    /** Features left out where no number is given. */
    public static final int FEATURES = 20;

    private static final int FEATURES_MOST = 100;

    public AblationPlan {
      if (featuresMax < 0 || featuresMax > FEATURES_MOST) {
        throw new IllegalArgumentException(
            "ablation: " + featuresMax + " features (expected: 0 to " + FEATURES_MOST + ")");
      }
    }
  }

  public EvaluationPlan {
    logs = List.copyOf(logs);
    names = List.copyOf(names);
    candidates = List.copyOf(candidates);
    segments = List.copyOf(segments);
    rewardModelBy = List.copyOf(rewardModelBy);
    requireAtMost("candidates", candidates.size(), CANDIDATES_MAX);
    requireAtMost("segments", segments.size(), SEGMENTS_MAX);
    Set<String> known = new HashSet<>();
    for (Candidate candidate : candidates) {
      requireNew(known, candidate);
    }
    if (search != null) {
      for (Candidate candidate : search.candidates()) {
        requireNew(known, candidate);
      }
    }
    if (ablation != null) {
      ablated(candidates, ablation);
    }
  }

  /** The candidate that is ablated. */
  static Candidate ablated(List<Candidate> candidates, AblationPlan ablation) {
    return candidates.stream()
        .filter(each -> each.name().equals(ablation.candidate()))
        .filter(each -> each.config() != null && Learners.arguments(each.config()).isPresent())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "ablate: "
                        + ablation.candidate()
                        + " (expected: the name of a candidate that learns)"));
  }

  private static void requireAtMost(String name, int count, int most) {
    if (count > most) {
      throw new IllegalArgumentException(name + ": " + count + " (expected: at most " + most + ")");
    }
  }

  private static void requireNew(Set<String> known, Candidate candidate) {
    if (!known.add(candidate.name())) {
      throw new IllegalArgumentException(
          "candidate: "
              + candidate.name()
              + " (expected: a name of its own; uniform, baseline and logged are always there)");
    }
  }
}
