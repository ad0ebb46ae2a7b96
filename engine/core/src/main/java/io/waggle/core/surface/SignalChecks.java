package io.waggle.core.surface;

import io.waggle.v1.DerivedRewardRule;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SignalCondition;
import io.waggle.v1.SignalConfig;
import io.waggle.v1.SignalFollow;
import io.waggle.v1.SignalOnce;
import io.waggle.v1.SignalStep;
import io.waggle.v1.SurfaceConfig;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rules of signals that no field has alone. One use each; one thread. */
final class SignalChecks {
  private static final String PROPERTY = "properties.";
  private static final Set<String> TEXT_FIELDS = Set.of("item_id", "category", "decision_id");
  private static final long MAX_PAUSE_SECONDS = 31L * 24 * 60 * 60;

  /** Takes a broken rule: field, value, what is expected. */
  @FunctionalInterface
  interface Problems {
    void add(String field, String value, String expected);
  }

  private final SignalConfig signal;
  private final String at;
  private final Problems problems;
  private final Set<String> earlier = new HashSet<>();

  private SignalChecks(SignalConfig signal, String at, Problems problems) {
    this.signal = signal;
    this.at = at;
    this.problems = problems;
  }

  /** Checks each signal and the rewards that name one; their fields' own rules hold. */
  static void check(SurfaceConfig config, Problems problems) {
    List<SignalConfig> signals = config.getSignalsList();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < signals.size(); i++) {
      SignalConfig signal = signals.get(i);
      String at = "signals[" + i + "]";
      if (!names.add(signal.getName())) {
        problems.add(at + ".name", signal.getName(), "unique among the signals");
      }
      new SignalChecks(signal, at, problems).steps();
    }
    rewards(config, problems);
  }

  private static void rewards(SurfaceConfig config, Problems problems) {
    List<DerivedRewardRule> rules = config.getReward().getDerived().getRulesList();
    for (int i = 0; i < rules.size(); i++) {
      String name = rules.get(i).getSignal();
      String field = "reward.derived.rules[" + i + "].signal";
      if (name.isEmpty()) {
        continue;
      }
      Optional<SignalConfig> signal =
          config.getSignalsList().stream().filter(each -> each.getName().equals(name)).findFirst();
      if (signal.isEmpty()) {
        problems.add(field, name, "one of the signals");
      } else if (endsAfterTheWait(signal.get(), config.getReward())) {
        problems.add(
            field, name, "a signal that is complete within reward.wait, which its within is not");
      }
    }
  }

  /** Such a match is complete as long as {@code within} after it began: always too late. */
  private static boolean endsAfterTheWait(SignalConfig signal, RewardConfig reward) {
    SignalStep last = signal.getSteps(signal.getStepsCount() - 1);
    Duration wait =
        reward.hasWait() ? SurfaceDefaults.duration(reward.getWait()) : SurfaceDefaults.REWARD_WAIT;
    return last.getFollow() == SignalFollow.SIGNAL_FOLLOW_NOT_BY
        && SurfaceDefaults.duration(signal.getWithin()).compareTo(wait) >= 0;
  }

  private void steps() {
    require(
        SignalBounds.maxInteractions(signal) <= SignalBounds.largest(signal),
        at + ".max_interactions",
        Integer.toString(signal.getMaxInteractions()),
        "at most "
            + SignalBounds.largest(signal)
            + ", as steps with one_or_more, optional or SIGNAL_FOLLOW_BY_ANY multiply half-open"
            + " matches");
    Set<String> names = new HashSet<>();
    int any = 0;
    for (int i = 0; i < signal.getStepsCount(); i++) {
      SignalStep step = signal.getSteps(i);
      String field = at + ".steps[" + i + "]";
      if (!names.add(step.getName())) {
        problems.add(field + ".name", step.getName(), "unique among the signal's steps");
      }
      any += step.getFollow() == SignalFollow.SIGNAL_FOLLOW_BY_ANY ? 1 : 0;
      if (any > 1 && step.getFollow() == SignalFollow.SIGNAL_FOLLOW_BY_ANY) {
        problems.add(field + ".follow", step.getFollow().name(), "once in a signal");
      }
      step(i, step, field);
      if (!isNot(step)) {
        earlier.add(step.getName());
      }
    }
  }

  private void step(int index, SignalStep step, String field) {
    boolean last = index == signal.getStepsCount() - 1;
    if (index == 0) {
      require(
          step.getFollow() == SignalFollow.SIGNAL_FOLLOW_UNSPECIFIED,
          field + ".follow",
          step.getFollow().name(),
          "not given, as it is the first step");
      require(!step.hasPause(), field + ".pause", "given", "not given, as it is the first step");
      require(!step.getOptional(), field + ".optional", "true", "false, as it is the first step");
    }
    if (isNot(step)) {
      require(
          !repeats(step) && !step.getOptional(),
          field + ".follow",
          step.getFollow().name(),
          "no times, one_or_more or optional, as nothing is to come");
      require(
          !last || step.getFollow() == SignalFollow.SIGNAL_FOLLOW_NOT_BY,
          field + ".follow",
          step.getFollow().name(),
          "a step after it");
      require(
          index == 0 || !signal.getSteps(index - 1).getOptional(),
          field + ".follow",
          step.getFollow().name(),
          "a step before it that is not optional");
      require(
          index == 0 || !isNot(signal.getSteps(index - 1)),
          field + ".follow",
          step.getFollow().name(),
          "a step that is to come before it");
    }
    require(
        !step.getOneOrMore() || step.getTimes() == 0,
        field + ".times",
        Integer.toString(step.getTimes()),
        "not given with one_or_more");
    require(
        step.getUntil().isEmpty() || step.getOneOrMore(),
        field + ".until",
        step.getUntil(),
        "one_or_more: true");
    require(
        !step.getExactly()
            || (last && step.getTimes() > 0 && signal.getOnce() == SignalOnce.SIGNAL_ONCE_LAST),
        field + ".exactly",
        "true",
        "times, the last step, and once: SIGNAL_ONCE_LAST");
    require(
        step.getPause().getSeconds() <= MAX_PAUSE_SECONDS,
        field + ".pause",
        step.getPause().getSeconds() + " s",
        "at most 31 days");
    reference(step.getSameItemAs(), step, field + ".same_item_as", true);
    reference(step.getOtherItemThan(), step, field + ".other_item_than", false);
    for (int i = 0; i < step.getConditionsCount(); i++) {
      condition(step.getConditions(i), field + ".conditions[" + i + "]");
    }
  }

  private void reference(String name, SignalStep step, String field, boolean selfAllowed) {
    boolean self = selfAllowed && name.equals(step.getName()) && repeats(step);
    require(
        name.isEmpty() || self || earlier.contains(name),
        field,
        name,
        "an earlier step that is to come" + (selfAllowed ? ", or itself where it repeats" : ""));
  }

  private void condition(SignalCondition condition, String field) {
    boolean property =
        condition.getField().startsWith(PROPERTY)
            && condition.getField().length() > PROPERTY.length();
    require(
        property || (condition.hasEquals() && TEXT_FIELDS.contains(condition.getField())),
        field + ".field",
        condition.getField(),
        "properties.NAME" + (condition.hasEquals() ? ", item_id, category or decision_id" : ""));
  }

  private void require(boolean holds, String field, String value, String expected) {
    if (!holds) {
      problems.add(field, value, expected);
    }
  }

  private static boolean repeats(SignalStep step) {
    return step.getTimes() > 0 || step.getOneOrMore();
  }

  private static boolean isNot(SignalStep step) {
    return step.getFollow() == SignalFollow.SIGNAL_FOLLOW_NOT_BY
        || step.getFollow() == SignalFollow.SIGNAL_FOLLOW_NOT_NEXT;
  }
}
