package io.waggle.core.suggest;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the interactions of one surface hold, read once. At most 64 types and 256 properties are
 * told apart, the first ones. Not thread-safe.
 */
public final class InteractionProfile {
  private static final int MAX_TYPES = 64;
  private static final int MAX_PROPERTIES = 256;

  private final Map<String, Long> types = new TreeMap<>();
  private final Map<String, NumberProfile> numbers = new TreeMap<>();
  private final Map<String, TextProfile> texts = new TreeMap<>();
  private final TextProfile categories = new TextProfile();
  private long count;
  private long withItem;
  private long withDecision;
  private long firstMillis = Long.MAX_VALUE;
  private long lastMillis = Long.MIN_VALUE;

  public void add(Interaction interaction) {
    count++;
    firstMillis = Math.min(firstMillis, interaction.getEventTimeMillis());
    lastMillis = Math.max(lastMillis, interaction.getEventTimeMillis());
    withItem += interaction.getItemId().isEmpty() ? 0 : 1;
    withDecision += interaction.getDecisionId().isEmpty() ? 0 : 1;
    if (types.size() < MAX_TYPES || types.containsKey(interaction.getType())) {
      types.merge(interaction.getType(), 1L, Long::sum);
    }
    if (!interaction.getCategory().isEmpty()) {
      categories.add(interaction.getCategory());
    }
    for (Feature property : interaction.getPropertiesList()) {
      add(property.getName(), property.getValue());
    }
  }

  private void add(String name, FeatureValue value) {
    boolean known = numbers.containsKey(name) || texts.containsKey(name);
    if (!known && numbers.size() + texts.size() >= MAX_PROPERTIES) {
      return;
    }
    if (value.hasNumber()) {
      numbers.computeIfAbsent(name, any -> new NumberProfile()).add(value.getNumber());
    } else if (value.hasText()) {
      texts.computeIfAbsent(name, any -> new TextProfile()).add(value.getText());
    }
  }

  /** Interactions seen. */
  public long count() {
    return count;
  }

  /** From the oldest to the newest; zero for fewer than two. */
  public Duration span() {
    return count == 0 ? Duration.ZERO : Duration.ofMillis(lastMillis - firstMillis);
  }

  /** Types, the most frequent first, equal ones by name. */
  List<String> types() {
    return types.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .toList();
  }

  long count(String type) {
    return types.getOrDefault(type, 0L);
  }

  /** Share of the interactions of which something so frequent is known, in [0, 1]. */
  double share(long some) {
    return count == 0 ? 0 : (double) some / count;
  }

  double itemShare() {
    return share(withItem);
  }

  double decisionShare() {
    return share(withDecision);
  }

  TextProfile categories() {
    return categories;
  }

  /** Numbers among the properties, by name. */
  Map<String, NumberProfile> numbers() {
    return numbers;
  }

  /** Texts among the properties, by name. */
  Map<String, TextProfile> texts() {
    return texts;
  }
}
