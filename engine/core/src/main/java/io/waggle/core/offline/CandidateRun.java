package io.waggle.core.offline;

import io.waggle.core.constraint.Factors;
import io.waggle.core.feature.Example;
import io.waggle.core.model.JoinedSlots;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.SlotOutcome;
import io.waggle.core.policy.FixedPolicies;
import io.waggle.core.policy.Policy;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One candidate on its way along a log: it predicts each decision as it would have been served,
 * what it predicted is evaluated, then it learns. So no reward is evaluated by a model that has
 * seen it (progressive validation: Blum, Kalai, Langford, COLT 1999). One thread at a time.
 *
 * <p>What it refuses is counted and not evaluated. A learner whose numbers are none any more is
 * stopped for good: its value stays that of the decisions before.
 */
public final class CandidateRun implements AutoCloseable {
  /**
   * A learner's probabilities are floats: a certain action may come out as slightly more than 1.
   */
  private static final double PROBABILITY_SLACK = 1e-6;

  private final Candidate candidate;
  private final OfflineSettings settings;
  private final PolicyValue value;
  private final List<double @Nullable []> batch = new ArrayList<>();
  private final boolean keepsBatch;
  private @Nullable Policy policy;
  private @Nullable Learner learner;
  private long learned;
  private long refused;
  private String refusal = "";
  private String end = "";

  /**
   * Opens the candidate's policy, untrained.
   *
   * @param features that its value is told apart by
   * @param keepsBatch true: what it predicts of a batch can be asked for afterwards
   * @throws IllegalArgumentException when its learner refuses its command line
   */
  public CandidateRun(
      Candidate candidate,
      OfflineSettings settings,
      List<FeatureReference> features,
      boolean keepsBatch) {
    this.candidate = candidate;
    this.settings = settings;
    this.value = new PolicyValue(settings, features);
    this.keepsBatch = keepsBatch;
    PolicyConfig config = candidate.config();
    if (config != null) {
      learner =
          Learners.arguments(config)
              .map(arguments -> Learners.open(arguments, null, settings.minPropensity()))
              .orElse(null);
      policy = learner != null ? learner : FixedPolicies.of(config).orElseThrow();
    }
  }

  /** The candidate. */
  public Candidate candidate() {
    return candidate;
  }

  /** A batch of decisions, in the log's order. */
  void take(List<Occasion> occasions) {
    batch.clear();
    for (Occasion occasion : occasions) {
      double[] served = end.isEmpty() ? take(occasion) : null;
      if (keepsBatch) {
        batch.add(served);
      }
    }
  }

  private double @Nullable [] take(Occasion occasion) {
    try {
      Policy running = policy;
      if (running == null) {
        return takeLogged(occasion);
      }
      FeatureMask mask = candidate.mask();
      Example example = mask == null ? occasion.example() : mask.apply(occasion.example());
      JoinedSlots slots = occasion.slots();
      return slots == null
          ? takeRanking(running, example, occasion)
          : takeSlots(running, example, occasion, slots);
    } catch (RejectedExampleException | IllegalArgumentException e) {
      refused++;
      refusal = String.valueOf(e.getMessage());
    } catch (IllegalStateException e) {
      refused++;
      end("stopped: " + e.getMessage());
    }
    return null;
  }

  /** Whoever logged would do the same again. */
  private double @Nullable [] takeLogged(Occasion occasion) {
    JoinedSlots slots = occasion.slots();
    if (slots == null) {
      value.add(occasion, occasion.propensity(), null);
    } else {
      value.addSlots(occasion, slots, slots.propensities(), List.of());
    }
    return null;
  }

  /** A decision that the log kept with some probability only is learned as rare as that. */
  private double[] takeRanking(Policy running, Example example, Occasion occasion)
      throws RejectedExampleException {
    Learner open = learner;
    Factors factors = occasion.factors().get(0);
    double[] served;
    if (open == null) {
      served = factors.constrain(running.predict(example));
    } else {
      served =
          factors.constrain(
              open.learn(
                  example,
                  occasion.chosen(),
                  -occasion.reward(),
                  occasion.propensity() * occasion.kept()));
      learned++;
      factors.applyFloor(served, settings.explorationFloor());
    }
    value.add(occasion, probability(served[occasion.chosen()]), served);
    return served;
  }

  private double[] takeSlots(Policy running, Example example, Occasion occasion, JoinedSlots slots)
      throws RejectedExampleException {
    double[] served = new double[slots.size()];
    List<double[]> all = new ArrayList<>(slots.size());
    for (int slot = 0; slot < served.length; slot++) {
      int[] earlier = slots.earlier(slot);
      Factors factors = occasion.factors().get(slot);
      double[] probabilities = factors.constrain(running.predictSlot(example, earlier));
      if (learner != null) {
        factors.applyFloor(probabilities, settings.explorationFloor(), earlier);
      }
      all.add(probabilities);
      served[slot] = probability(probabilities[slots.outcomes().get(slot).action()]);
    }
    if (learner != null) {
      learner.learnSlots(example, thinned(slots.outcomes(), occasion.kept()));
      learned++;
    }
    value.addSlots(occasion, slots, served, all);
    return served;
  }

  private static List<SlotOutcome> thinned(List<SlotOutcome> outcomes, double kept) {
    return kept == 1
        ? outcomes
        : outcomes.stream()
            .map(each -> new SlotOutcome(each.action(), each.cost(), each.propensity() * kept))
            .toList();
  }

  private static double probability(double served) {
    // Written so that NaN fails.
    if (!(served >= 0 && served <= 1 + PROBABILITY_SLACK)) {
      throw new IllegalStateException("predicted a probability of " + served);
    }
    return Math.min(served, 1);
  }

  /**
   * What it would have served in the newest batch: a single ranking's probabilities, of several
   * slots those of the logged actions; null where it refused.
   */
  List<double @Nullable []> batch() {
    return batch;
  }

  /** Ends it before the log does; its value stays what it is. */
  void end(String reason) {
    end = reason;
    close();
  }

  /** True: it takes no more decisions. */
  public boolean hasEnded() {
    return !end.isEmpty();
  }

  /** Estimates and intervals of all decisions now; costs some hundred microseconds. */
  PolicyEvaluation evaluation() {
    return value.evaluation();
  }

  /** The value by an estimator now; null where there is none. */
  @Nullable Estimate estimate(Estimator estimator) {
    return value.estimates().get(estimator);
  }

  /** All that is known of it now. */
  public CandidateResult result() {
    return new CandidateResult(
        candidate,
        value.evaluation(),
        value.estimates(),
        value.clippedShare(),
        value.shares().zero(),
        value.shares().weights(),
        value.shares().probabilities(),
        value.points(),
        value.segments(),
        learned,
        refused,
        refusal,
        end,
        value.alarm());
  }

  @Override
  public void close() {
    if (learner != null) {
      learner.close();
    }
    learner = null;
  }
}
