package io.waggle.jobs.learn;

import io.waggle.v1.LearnedExample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies of one surface that learn the past before they run, as the operator's thread sees
 * them. While any does, the newest {@value #RECENT} live examples are held. As soon as a warm-up
 * has learned everything before those, the operator takes over: it teaches what is held and has not
 * been learned yet, and the policy runs from the next decision on. At the bound the oldest held
 * example is let go: the warm-up then finds it in the log, and hands over once it has come near
 * enough to the live end; one that is slower than the live stream never does, which its progress
 * shows. Where the log ends before the held examples begin (its retention is shorter than the pause
 * before) the policy runs with what there was.
 */
final class SurfaceWarmUps implements AutoCloseable {
  /** Held live examples: some 10 MB where a decision is 10 kB, and at most some 50 ms to teach. */
  static final int RECENT = 1024;

  private static final Logger LOGGER = LoggerFactory.getLogger(SurfaceWarmUps.class);

  private final Map<PolicyRun, WarmUp> underWay = new HashMap<>();
  private final Deque<LearnedExample> recent = new ArrayDeque<>();

  /** Begins those that have not begun, takes over those that are ready, drops the others'. */
  void advance(List<PolicyRun> policies, long lastSequence, Function<PolicyRun, WarmUp> begin) {
    for (PolicyRun left : new ArrayList<>(underWay.keySet())) {
      if (!policies.contains(left) || !left.isWarming()) {
        underWay.remove(left).cancel();
      }
    }
    for (PolicyRun policy : policies) {
      if (policy.isWarming()) {
        advance(policy, underWay.computeIfAbsent(policy, begin), lastSequence);
      }
    }
    if (underWay.isEmpty()) {
      recent.clear();
    }
  }

  private void advance(PolicyRun policy, WarmUp warmUp, long lastSequence) {
    policy.warming(warmUp.progress());
    String failure = warmUp.failure();
    if (failure != null) {
      warmUp.cancel();
      underWay.remove(policy);
      policy.pupil().stop(failure);
      return;
    }
    long firstHeld = lastSequence - recent.size() + 1;
    boolean complete = warmUp.learnedThrough() >= firstHeld - 1;
    if (complete || warmUp.exhausted()) {
      takeOver(policy, warmUp, firstHeld);
    }
  }

  private void takeOver(PolicyRun policy, WarmUp warmUp, long firstHeld) {
    Pupil pupil = warmUp.handOver();
    long learnedThrough = warmUp.learnedThrough();
    underWay.remove(policy);
    if (learnedThrough < firstHeld - 1) {
      LOGGER.warn(
          "Policy {}/{} begins without the examples {} to {}: they are not in the log",
          policy.surface(),
          policy.name(),
          learnedThrough + 1,
          firstHeld - 1);
    }
    policy.adopt(pupil);
    for (LearnedExample example : recent) {
      if (example.getSequence() > learnedThrough) {
        policy.pupil().study(example);
      }
    }
  }

  /** A live example was fed to the policies that run. */
  void fed(LearnedExample example) {
    if (underWay.isEmpty()) {
      return;
    }
    if (recent.size() == RECENT) {
      recent.removeFirst();
    }
    recent.addLast(example);
  }

  /** True: something warms up. */
  boolean any() {
    return !underWay.isEmpty();
  }

  @Override
  public void close() {
    underWay.values().forEach(WarmUp::cancel);
    underWay.clear();
  }
}
