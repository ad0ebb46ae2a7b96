package io.waggle.jobs.learn;

import io.waggle.core.feature.Example;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Control;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelRollback;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.ShownDecision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A surface as the learner runs it: its policies in the order configured, its counts, and when
 * something of it is to be published. One thread; metric readers see plain fields.
 */
final class SurfaceRun implements AutoCloseable {
  private final String name;
  private final LearnerFactory factory;
  private List<PolicyRun> policies;
  private final List<PolicyState> gone = new ArrayList<>();
  private final ExampleLog log;
  private final StagedLearning stages;
  private long received;
  private long learned;
  private long rejected;
  private boolean evaluationsDue;
  private long evaluatedAtMillis;

  /** Opens every policy, going on from what was saved, by policy. */
  static SurfaceRun open(
      Surface surface, Map<String, PolicyState> saved, LearnCounts counts, LearnerFactory factory) {
    Map<String, PolicyState> left = new LinkedHashMap<>(saved);
    List<PolicyRun> policies = new ArrayList<>();
    try {
      for (PolicyConfig config : surface.policies()) {
        policies.add(PolicyRun.open(surface, config, left.remove(config.getName()), factory));
      }
    } catch (RuntimeException e) {
      policies.forEach(PolicyRun::close);
      throw e;
    }
    SurfaceRun run = new SurfaceRun(surface, factory, policies, counts);
    left.values().forEach(run::leave);
    return run;
  }

  private SurfaceRun(
      Surface surface, LearnerFactory factory, List<PolicyRun> policies, LearnCounts counts) {
    this.name = surface.name();
    this.factory = factory;
    this.policies = List.copyOf(policies);
    this.log = new ExampleLog(name, counts);
    this.stages = new StagedLearning(surface, counts);
    this.received = counts.getDecisionsReceived();
    this.learned = counts.getDecisionsLearned();
    this.rejected = counts.getDecisionsRejected();
    // Evaluations sent after the checkpoint may be newer than it: ours are sent again.
    this.evaluationsDue = received > 0;
  }

  /**
   * Goes on as a changed surface: policies that are no longer there leave, new ones begin, those
   * whose kind or command line changed begin anew under their old name. The others notice nothing.
   */
  void follow(Surface changed) {
    Map<String, PolicyRun> before = new LinkedHashMap<>();
    policies.forEach(policy -> before.put(policy.name(), policy));
    List<PolicyRun> after = new ArrayList<>();
    for (PolicyConfig config : changed.policies()) {
      PolicyRun run = before.get(config.getName());
      if (run != null && run.follow(changed, config)) {
        before.remove(config.getName());
        after.add(run);
      } else {
        after.add(PolicyRun.open(changed, config, run == null ? null : run.outline(), factory));
      }
    }
    policies = List.copyOf(after);
    for (PolicyRun run : before.values()) {
      run.close();
      if (after.stream().noneMatch(each -> each.name().equals(run.name()))) {
        leave(run.outline());
      }
    }
    evaluationsDue = true;
  }

  /**
   * Puts a policy back to an earlier version, once: a repeat of the order does nothing.
   *
   * @return the version again, as a new one to publish; empty: the order was seen before
   * @throws IllegalArgumentException as {@code name: value (expected: ...)}; nothing changes
   */
  Optional<ServableModel> rollBack(Control control, long nowMillis) {
    ModelRollback rollback = control.getRollback();
    PolicyRun policy =
        policies.stream()
            .filter(run -> run.name().equals(rollback.getPolicy()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "rollback.policy: %s (expected: a policy of surface %s)"
                            .formatted(rollback.getPolicy(), name)));
    if (!policy.isNewRollback(control.getCreatedMillis())) {
      return Optional.empty();
    }
    evaluationsDue = true;
    return Optional.of(policy.rollBack(rollback, control.getAuthor(), factory, nowMillis));
  }

  private void leave(PolicyState policy) {
    gone.add(policy.toBuilder().clearModel().clearChecksum().build());
  }

  /**
   * Policies that left and whose records are still in the topics: the caller takes them out. What
   * was handed out once does not come again.
   */
  List<PolicyState> takeGone() {
    List<PolicyState> taken = List.copyOf(gone);
    gone.clear();
    return taken;
  }

  /** Numbers the next decision; the caller writes it to the log and feeds it. */
  LearnedExample take(JoinedDecision joined, long nowMillis) {
    return stages.corrected(log.next(joined, nowMillis));
  }

  /** Notes what every policy that runs is given. */
  private void give(LearnedExample example) {
    for (PolicyRun policy : policies) {
      if (policy.runs()) {
        policy.provenance().given(example);
      }
    }
  }

  /**
   * A decision was shown, or its first reward came; every policy predicts and learns what is due.
   *
   * @param example as {@link #take} gave it
   * @param kept what was kept of it since it was shown; null: it is shown now
   * @param reachedMillis event time reached, milliseconds since 1970 UTC
   */
  StagedLearning.Stage feedStage(
      LearnedExample example, @Nullable ShownDecision kept, long reachedMillis) {
    give(example);
    return kept == null
        ? stages.shown(example, policies, reachedMillis)
        : stages.rewarded(example, policies, kept);
  }

  /**
   * The window of a decision that came in stages is over; it counts now.
   *
   * @param kept what was kept of it since it was shown; null: nothing is known of it
   * @return what was wrong, for people; empty: at least one policy was evaluated on it
   */
  String close(JoinedDecision closed, @Nullable ShownDecision kept) {
    received++;
    evaluationsDue = true;
    if (kept != null && stages.closed(closed, policies, kept)) {
      learned++;
      return "";
    }
    rejected++;
    return kept == null
        ? "stage: closed, but not known to have been shown"
        : "stage: closed, but no policy had predicted it";
  }

  /**
   * Every policy predicts, then learns. A policy that refuses or fails is passed over and counted;
   * the others go on.
   *
   * @return what was wrong, for people; empty: every policy took it
   */
  String feed(LearnedExample learned) {
    received++;
    evaluationsDue = true;
    give(learned);
    JoinedDecision joined = learned.getJoined();
    Decision decision = joined.getDecision();
    int chosen = decision.getOrderCount() == 0 ? -1 : decision.getOrder(0);
    Example example = Example.of(joined);
    if (chosen < 0 || chosen >= example.actions().size()) {
      rejected++;
      policies.forEach(PolicyRun::reject);
      return "order: %s (expected: the chosen action's index first, below %d)"
          .formatted(decision.getOrderList(), example.actions().size());
    }
    if (decision.getSlotsCount() > 0) {
      return feedSlots(joined, example);
    }
    double propensity = decision.getPropensity();
    return feed(
        policy ->
            policy.feed(
                example, chosen, propensity, joined.getReward(), joined.getRewardTimeMillis()));
  }

  private String feedSlots(JoinedDecision joined, Example example) {
    JoinedSlots slots;
    try {
      slots = JoinedSlots.of(joined);
    } catch (IllegalArgumentException e) {
      rejected++;
      policies.forEach(PolicyRun::reject);
      return String.valueOf(e.getMessage());
    }
    return feed(policy -> policy.feedSlots(example, slots, joined.getRewardTimeMillis()));
  }

  /**
   * @param each what was wrong, for people; empty: the policy took it
   */
  private String feed(Function<PolicyRun, String> each) {
    StringBuilder refusals = new StringBuilder();
    boolean used = false;
    for (PolicyRun policy : policies) {
      if (policy.runs()) {
        String refusal = each.apply(policy);
        used |= refusal.isEmpty();
        refusals.append(refusal).append(refusal.isEmpty() ? "" : "; ");
      }
    }
    if (used) {
      learned++;
      return refusals.toString();
    }
    rejected++;
    return refusals.isEmpty() ? "policies: none runs" : refusals.toString();
  }

  /** The evaluations of every policy, if any changed and their time has come; else none. */
  List<PolicyEvaluation> evaluations(PublishPacer pacer, long nowMillis) {
    return pacer.mayPublish(nowMillis, evaluatedAtMillis) ? lastEvaluations(nowMillis) : List.of();
  }

  /** The same whatever the pace. */
  List<PolicyEvaluation> lastEvaluations(long nowMillis) {
    if (!evaluationsDue) {
      return List.of();
    }
    evaluationsDue = false;
    evaluatedAtMillis = nowMillis;
    return policies.stream().flatMap(policy -> policy.evaluate(nowMillis).stream()).toList();
  }

  /** When something is next to be published; {@link Long#MAX_VALUE}: nothing waits. */
  long dueMillis(PublishPacer pacer) {
    long due = evaluationsDue ? pacer.nextPublishMillis(evaluatedAtMillis) : Long.MAX_VALUE;
    for (PolicyRun policy : policies) {
      if (policy.unpublished()) {
        long next = pacer.nextPublishMillis(policy.publication().publishedAtMillis());
        due =
            Math.min(
                due, policy.newerBytesAtHand() ? next : Math.max(next, pacer.nextTakeMillis()));
      }
    }
    return due;
  }

  /** What the policies know, and who has left, for a checkpoint. */
  List<PolicyState> save() {
    return Stream.concat(policies.stream().map(PolicyRun::save), gone.stream()).toList();
  }

  /** The counts, for a checkpoint. */
  LearnCounts counts() {
    LearnCounts.Builder counts =
        LearnCounts.newBuilder()
            .setSurface(name)
            .setDecisionsReceived(received)
            .setDecisionsLearned(learned)
            .setDecisionsRejected(rejected);
    log.save(counts);
    stages.save(counts);
    return counts.build();
  }

  String name() {
    return name;
  }

  List<PolicyRun> policies() {
    return policies;
  }

  long received() {
    return received;
  }

  long learned() {
    return learned;
  }

  long rejected() {
    return rejected;
  }

  @Override
  public void close() {
    policies.forEach(PolicyRun::close);
  }
}
