package io.waggle.jobs.signal;

import io.waggle.v1.Interaction;
import io.waggle.v1.SignalConfig;
import io.waggle.v1.SignalFollow;
import io.waggle.v1.SignalStep;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;

/** Declared signals as patterns of Flink CEP. Pure. */
final class SignalPatterns {
  private SignalPatterns() {}

  /** The pattern; the signal has been checked with its surface. */
  static Pattern<Interaction, Interaction> compile(SignalConfig signal) {
    Deque<String> before = new ArrayDeque<>();
    Pattern<Interaction, Interaction> pattern =
        Pattern.begin(signal.getSteps(0).getName(), skip(signal));
    for (int i = 0; i < signal.getStepsCount(); i++) {
      SignalStep step = signal.getSteps(i);
      if (i > 0) {
        pattern = follow(pattern, step);
      }
      pattern = quantify(pattern.where(new StepCondition(step, List.copyOf(before))), step);
      if (!isNot(step)) {
        before.push(step.getName());
      }
    }
    // Flink's bound is exclusive, ours is not.
    return pattern.within(Duration.ofMillis(withinMillis(signal) + 1));
  }

  /** From a match's first interaction to its last at most so long, milliseconds. */
  static long withinMillis(SignalConfig signal) {
    return signal.getWithin().getSeconds() * 1000 + signal.getWithin().getNanos() / 1_000_000;
  }

  static boolean isNot(SignalStep step) {
    return step.getFollow() == SignalFollow.SIGNAL_FOLLOW_NOT_BY
        || step.getFollow() == SignalFollow.SIGNAL_FOLLOW_NOT_NEXT;
  }

  private static AfterMatchSkipStrategy skip(SignalConfig signal) {
    return switch (signal.getSkip()) {
      case SIGNAL_SKIP_SAME_START -> AfterMatchSkipStrategy.skipToNext();
      case SIGNAL_SKIP_PAST_LAST -> AfterMatchSkipStrategy.skipPastLastEvent();
      case SIGNAL_SKIP_UNSPECIFIED, SIGNAL_SKIP_NOTHING, UNRECOGNIZED ->
          AfterMatchSkipStrategy.noSkip();
    };
  }

  private static Pattern<Interaction, Interaction> follow(
      Pattern<Interaction, Interaction> pattern, SignalStep step) {
    return switch (step.getFollow()) {
      case SIGNAL_FOLLOW_NEXT -> pattern.next(step.getName());
      case SIGNAL_FOLLOW_BY_ANY -> pattern.followedByAny(step.getName());
      case SIGNAL_FOLLOW_NOT_NEXT -> pattern.notNext(step.getName());
      case SIGNAL_FOLLOW_NOT_BY -> pattern.notFollowedBy(step.getName());
      case SIGNAL_FOLLOW_UNSPECIFIED, SIGNAL_FOLLOW_BY, UNRECOGNIZED ->
          pattern.followedBy(step.getName());
    };
  }

  private static Pattern<Interaction, Interaction> quantify(
      Pattern<Interaction, Interaction> pattern, SignalStep step) {
    Pattern<Interaction, Interaction> quantified = pattern;
    if (step.getOneOrMore()) {
      quantified = quantified.oneOrMore();
    } else if (step.getExactly()) {
      // One more is looked for, so that the match knows of it.
      quantified = quantified.times(step.getTimes(), step.getTimes() + 1);
    } else if (step.getTimes() > 0) {
      quantified = quantified.times(step.getTimes());
    }
    boolean repeats = step.getOneOrMore() || step.getTimes() > 0;
    if (repeats && step.getFollow() == SignalFollow.SIGNAL_FOLLOW_NEXT) {
      quantified = quantified.consecutive();
    }
    if (!step.getUntil().isEmpty()) {
      quantified = quantified.until(new TypeCondition(step.getUntil()));
    }
    return step.getOptional() ? quantified.optional() : quantified;
  }
}
