package io.waggle.jobs.signal;

import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalConfig;
import io.waggle.v1.SignalEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Signals, interactions and matches in a few letters each. */
final class SignalExamples {
  private static final long SECOND = 1000;

  private SignalExamples() {}

  /** One of a surface {@code shop}, from YAML on one line. */
  static SignalConfig signal(String yaml) {
    return SurfaceFiles.parse(
            """
            name: shop
            policies: [{name: uniform, uniform: {}}]
            livePolicy: uniform
            reward: {}
            signals:
            """
                + "  - "
                + yaml
                + "\n")
        .getSignals(0);
  }

  /**
   * One a second, each {@code type} or {@code type/item}, or {@code type/item/number} with the
   * number as property {@code n} and as text of property {@code t}. Their ids are 0, 1, 2, ...
   */
  static List<Interaction> interactions(String text) {
    List<Interaction> interactions = new ArrayList<>();
    for (String each : text.split(" ", -1)) {
      String[] parts = each.split("/", -1);
      Interaction.Builder interaction =
          Interaction.newBuilder()
              .setSurface("shop")
              .setUserId("u")
              .setInteractionId(Integer.toString(interactions.size()))
              .setType(parts[0])
              .setItemId(parts.length > 1 ? parts[1] : "x")
              .setEventTimeMillis(RandomInteractions.START + interactions.size() * SECOND);
      if (parts.length > 2) {
        interaction
            .setCategory("category" + parts[2])
            .addProperties(
                property("n", FeatureValue.newBuilder().setNumber(Double.parseDouble(parts[2]))))
            .addProperties(property("t", FeatureValue.newBuilder().setText(parts[2])));
      }
      interactions.add(interaction.build());
    }
    return interactions;
  }

  private static Feature property(String name, FeatureValue.Builder value) {
    return Feature.newBuilder().setName(name).setValue(value).build();
  }

  /** Ids of the interactions of each match, as {@code 0 1; 0 2}. */
  static String matches(List<Signal> signals) {
    return signals.stream()
        .map(
            signal ->
                signal.getEventsList().stream()
                    .map(SignalEvent::getInteractionId)
                    .collect(Collectors.joining(" ")))
        .collect(Collectors.joining("; "));
  }
}
