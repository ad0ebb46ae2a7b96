package io.waggle.jobs.signal;

import io.waggle.v1.Interaction;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalConfig;
import io.waggle.v1.SignalEvent;
import io.waggle.v1.SignalOnce;
import io.waggle.v1.SignalStep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Matches of one signal as records. The matches that an interaction completes come one after the
 * other, the one that began first before the others; so those that do not count are told apart by
 * the one before, and nothing has to be kept.
 */
final class SignalMatch extends PatternProcessFunction<Interaction, Signal> {
  private static final long serialVersionUID = 1L;

  /** Interactions of a match that its record has, the newest: a reward looks at those. */
  static final int MAX_EVENTS = 64;

  private final String surface;
  private final SignalConfig signal;

  /** The last interaction of the newest match, and whose it is. */
  private transient @Nullable String newest;

  SignalMatch(String surface, SignalConfig signal) {
    this.surface = surface;
    this.signal = signal;
  }

  @Override
  public void processMatch(
      Map<String, List<Interaction>> match, Context context, Collector<Signal> out) {
    List<SignalEvent> events = new ArrayList<>();
    Interaction last = null;
    for (SignalStep step : signal.getStepsList()) {
      for (Interaction interaction : match.getOrDefault(step.getName(), List.of())) {
        events.add(event(step, interaction));
        last = interaction;
      }
    }
    if (last == null || !counts(match, last)) {
      return;
    }
    long startedMillis = events.get(0).getTimeMillis();
    SignalStep end = signal.getSteps(signal.getStepsCount() - 1);
    out.collect(
        Signal.newBuilder()
            .setSignalId(id(last.getUserId(), events))
            .setSurface(surface)
            .setUserId(last.getUserId())
            .setName(signal.getName())
            .setStartedMillis(startedMillis)
            .setEndedMillis(
                SignalPatterns.isNot(end)
                    ? startedMillis + SignalPatterns.withinMillis(signal)
                    : last.getEventTimeMillis())
            .addAllEvents(events.subList(Math.max(0, events.size() - MAX_EVENTS), events.size()))
            .build());
  }

  private boolean counts(Map<String, List<Interaction>> match, Interaction last) {
    if (signal.getOnce() != SignalOnce.SIGNAL_ONCE_LAST) {
      return true;
    }
    String key = last.getUserId() + "\n" + last.getInteractionId();
    if (key.equals(newest)) {
      return false;
    }
    newest = key;
    SignalStep end = signal.getSteps(signal.getStepsCount() - 1);
    return !end.getExactly()
        || match.getOrDefault(end.getName(), List.of()).size() == end.getTimes();
  }

  private static SignalEvent event(SignalStep step, Interaction interaction) {
    return SignalEvent.newBuilder()
        .setStep(step.getName())
        .setInteractionId(interaction.getInteractionId())
        .setType(interaction.getType())
        .setItemId(interaction.getItemId())
        .setDecisionId(interaction.getDecisionId())
        .setTimeMillis(interaction.getEventTimeMillis())
        .build();
  }

  private String id(String userId, List<SignalEvent> events) {
    StringBuilder text = new StringBuilder(surface).append('\n').append(signal.getName());
    text.append('\n').append(userId);
    for (SignalEvent event : events) {
      text.append('\n').append(event.getStep()).append('\n').append(event.getInteractionId());
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    return "signal-" + UUID.nameUUIDFromBytes(bytes);
  }
}
