package io.waggle.jobs.learn;

import io.waggle.core.surface.Surface;
import io.waggle.jobs.control.Standing;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Control;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.MergedModel;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A surface as the learner runs it: its policies in the order configured, its counts, and when
 * something of it is to be published. One thread; metric readers see plain fields.
 */
final class SurfaceRun implements AutoCloseable {
  private final String name;
  private final Seat seat;
  private final String key;
  private final double defaultReward;
  private final LearnerFactory factory;
  private List<PolicyRun> policies;
  private final List<PolicyState> gone = new ArrayList<>();
  private final ExampleLog log;
  private final WarmUps warmUps;
  private final SurfaceWarmUps warmings = new SurfaceWarmUps();
  private final StagedLearning stages;
  private final Backgrounds backgrounds;
  private Surface surface;
  private long received;
  private long learned;
  private long rejected;
  private boolean evaluationsDue;
  private long evaluatedAtMillis;

  /**
   * Opens every policy, going on from what was saved, by policy.
   *
   * @param seat this learner among those that share the surface
   * @param key its key
   */
  static SurfaceRun open(
      Surface surface,
      Seat seat,
      String key,
      Map<String, PolicyState> saved,
      LearnCounts counts,
      LearnerFactory factory,
      WarmUps warmUps) {
    Map<String, PolicyState> left = new LinkedHashMap<>(saved);
    List<PolicyRun> policies = new ArrayList<>();
    try {
      for (PolicyConfig config : surface.policies()) {
        policies.add(PolicyRun.open(surface, config, left.remove(config.getName()), factory, seat));
      }
    } catch (RuntimeException e) {
      policies.forEach(PolicyRun::close);
      throw e;
    }
    SurfaceRun run = new SurfaceRun(surface, seat, key, factory, policies, counts, warmUps);
    policies.forEach(policy -> run.warm(policy, surface.policy(policy.name())));
    left.values().forEach(run::leave);
    return run;
  }

  private SurfaceRun(
      Surface surface,
      Seat seat,
      String key,
      LearnerFactory factory,
      List<PolicyRun> policies,
      LearnCounts counts,
      WarmUps warmUps) {
    this.name = surface.name();
    this.seat = seat;
    this.key = key;
    this.defaultReward = surface.reward().defaultReward();
    this.warmUps = warmUps;
    this.factory = factory;
    this.policies = List.copyOf(policies);
    this.log = new ExampleLog(name, seat.epoch(), counts);
    this.stages = new StagedLearning(surface, counts);
    this.backgrounds = new Backgrounds(surface, counts);
    this.surface = surface;
    this.received = counts.getDecisionsReceived();
    this.learned = counts.getDecisionsLearned();
    this.rejected = counts.getDecisionsRejected();
    // Evaluations sent after the checkpoint may be newer than it: ours are sent again.
    this.evaluationsDue = received > 0;
  }

  /**
   * Goes on as a changed surface: policies that are no longer there leave, new ones begin, those
   * whose kind or command line changed begin anew under their old name. The others notice nothing.
   *
   * @param saidMillis when the change was said, milliseconds since 1970 UTC
   */
  void follow(Surface changed, long saidMillis) {
    Map<String, PolicyRun> before = new LinkedHashMap<>();
    policies.forEach(policy -> before.put(policy.name(), policy));
    List<PolicyRun> after = new ArrayList<>();
    for (PolicyConfig config : changed.policies()) {
      PolicyRun run = before.get(config.getName());
      if (run != null && run.follow(changed, config)) {
        before.remove(config.getName());
        after.add(run);
      } else {
        PolicyState outline = run == null ? null : run.outline();
        PolicyRun begun =
            PolicyRun.open(changed, config, outline, factory, seat.beginning(saidMillis));
        warm(begun, config);
        after.add(begun);
      }
    }
    policies = List.copyOf(after);
    surface = changed;
    for (PolicyRun run : before.values()) {
      run.close();
      if (after.stream().noneMatch(each -> each.name().equals(run.name()))) {
        leave(run.outline());
      }
    }
    evaluationsDue = true;
  }

  /** One that begins anew where something was learned before may learn that first. */
  private void warm(PolicyRun policy, PolicyConfig config) {
    boolean wanted = config.getWarmUp().getSeconds() > 0 || config.getWarmUp().getNanos() > 0;
    if (wanted && policy.beginsAnew() && log.sequence() > 0 && warmUps.possible()) {
      policy.warming("waits for its turn");
    }
  }

  /**
   * Puts a policy back to an earlier version, once: a repeat of the order does nothing.
   *
   * @return the version again, as a new one to publish; empty: the order was seen before, or the
   *     merge publishes it
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
    return policy.rollBack(rollback, control.getAuthor(), factory, nowMillis);
  }

  /** A merged model came; its policy goes on from it. */
  void adopt(MergedModel merged) {
    for (PolicyRun policy : policies) {
      if (policy.name().equals(merged.getPolicy())) {
        policy.adopt(merged, factory);
      }
    }
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

  /**
   * Tombstones of the segments that are no longer declared; what was handed out does not come
   * again.
   */
  List<PolicyEvaluation> takeUndeclared() {
    return policies.stream().flatMap(policy -> policy.report().takeUndeclared().stream()).toList();
  }

  /** Lets warm-ups begin, and takes over those that are ready; between two decisions. */
  void advance(long nowMillis) {
    warmings.advance(
        policies, log.sequence(), policy -> warmUps.begin(policy.plan(log, nowMillis)));
  }

  /** Numbers the next decision; the caller writes it to the log and feeds it. */
  LearnedExample take(JoinedDecision joined, long nowMillis) {
    return stages.corrected(log.next(joined, nowMillis));
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
        ? stages.shown(example, policies, backgrounds, reachedMillis)
        : stages.rewarded(example, policies, kept);
  }

  /** Notes what every policy that runs is given, and holds it for those that warm up. */
  private void give(LearnedExample example) {
    warmings.fed(example);
    for (PolicyRun policy : policies) {
      if (policy.runs()) {
        policy.pupil().given(example);
      }
    }
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
    if (kept != null) {
      backgrounds.closed(kept, closed.getReward());
      if (stages.closed(closed, policies, kept)) {
        learned++;
        return "";
      }
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
  String feed(LearnedExample example) {
    received++;
    evaluationsDue = true;
    give(example);
    Lesson lesson;
    try {
      lesson = Lesson.of(example, defaultReward);
    } catch (IllegalArgumentException e) {
      rejected++;
      policies.forEach(PolicyRun::reject);
      return String.valueOf(e.getMessage());
    }
    Background background = backgrounds.of(lesson);
    StringBuilder refusals = new StringBuilder();
    boolean used = false;
    for (PolicyRun policy : policies) {
      if (policy.runs()) {
        String refusal = policy.feed(lesson, background);
        used |= refusal.isEmpty();
        refusals.append(refusal).append(refusal.isEmpty() ? "" : "; ");
      }
    }
    backgrounds.learn(lesson);
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
    if (!evaluationsDue && !warmings.any()) {
      return List.of();
    }
    evaluationsDue = false;
    evaluatedAtMillis = nowMillis;
    return policies.stream().flatMap(policy -> policy.evaluate(nowMillis).stream()).toList();
  }

  /** Everything is to be said again, also what has been. */
  void sayAll() {
    evaluationsDue = received > 0;
  }

  /**
   * When something is next to be published; {@link Long#MAX_VALUE}: nothing waits.
   *
   * @param standing what the job may do: no model is published by one that is not in charge
   */
  long dueMillis(PublishPacer pacer, long nowMillis, Standing standing) {
    boolean evaluate = evaluationsDue || warmings.any();
    long due = evaluate ? pacer.nextPublishMillis(evaluatedAtMillis) : Long.MAX_VALUE;
    if (!standing.counts()) {
      return due;
    }
    for (PolicyRun policy : policies) {
      SharedLearning shared = policy.shared();
      if (shared != null) {
        due = Math.min(due, shared.dueMillis(pacer, nowMillis));
      }
      if (standing == Standing.ACTIVE && policy.unpublished()) {
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
    backgrounds.save(surface, counts);
    return counts.build();
  }

  String name() {
    return name;
  }

  /** Its key: the surface's name, and its number where several learners share the surface. */
  String key() {
    return key;
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
    warmings.close();
    policies.forEach(PolicyRun::close);
  }
}
