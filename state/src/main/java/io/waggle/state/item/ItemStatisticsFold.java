package io.waggle.state.item;

import io.waggle.state.feature.Matching;
import io.waggle.v1.Feature;
import io.waggle.v1.Interaction;
import io.waggle.v1.ItemCounts;
import io.waggle.v1.ItemStatistic;
import io.waggle.v1.ItemStatistics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds interactions into the counts of their item, for the statistics that a surface declares.
 * Pure; any thread. The order of arrival makes no difference, up to rounding, but for one thing: of
 * more segments than are kept those that arrive first are.
 *
 * <p>Repeats are the caller's to drop. A statistic that is no longer declared, or has another
 * version, leaves with the next interaction.
 */
public final class ItemStatisticsFold {
  /** A segment's name that is longer, UTF-8 bytes, counts over all only. */
  public static final int MAX_SEGMENT_BYTES = 64;

  /** After so many half-lives less than a millionth of a count is left. */
  private static final int LIFE_HALF_LIVES = 20;

  private final List<Counting> declared;

  /** A statistic with its filters prepared. */
  private record Counting(ItemStatisticSettings settings, Matching of, Matching per) {
    Counting(ItemStatisticSettings settings) {
      this(settings, new Matching(settings.of()), new Matching(settings.per()));
    }
  }

  public ItemStatisticsFold(List<ItemStatisticSettings> declared) {
    this.declared = declared.stream().map(Counting::new).toList();
  }

  /** True: the interaction is one with an item, and some statistic counts it. */
  public boolean counts(Interaction interaction) {
    if (interaction.getItemId().isEmpty()) {
      return false;
    }
    for (Counting each : declared) {
      if (each.of().counts(interaction) || each.per().counts(interaction)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The item's counts after an interaction that {@link #counts}.
   *
   * @param previous null for an item of which nothing is known
   */
  public ItemStatistics fold(@Nullable ItemStatistics previous, Interaction interaction) {
    ItemStatistics before = previous == null ? ItemStatistics.getDefaultInstance() : previous;
    long timeMillis = interaction.getEventTimeMillis();
    ItemStatistics.Builder after =
        ItemStatistics.newBuilder()
            .setSurface(interaction.getSurface())
            .setItemId(interaction.getItemId())
            .setVersion(before.getVersion() + 1)
            .setUpdatedMillis(Math.max(before.getUpdatedMillis(), timeMillis));
    for (Counting each : declared) {
      ItemStatistic known = ItemRates.find(before, each.settings());
      boolean of = each.of().counts(interaction);
      boolean per = each.per().counts(interaction);
      if (of || per) {
        after.addStatistics(count(known, each.settings(), of, per, interaction));
      } else if (known != null) {
        after.addStatistics(known);
      }
    }
    return after.build();
  }

  private static ItemStatistic count(
      @Nullable ItemStatistic known,
      ItemStatisticSettings settings,
      boolean of,
      boolean per,
      Interaction interaction) {
    ItemStatistic.Builder statistic =
        known == null
            ? ItemStatistic.newBuilder()
                .setFeature(settings.feature())
                .setFeatureVersion(settings.version())
            : known.toBuilder();
    long timeMillis = interaction.getEventTimeMillis();
    statistic.setAll(ItemRates.add(statistic.getAll(), of, per, timeMillis, settings.halfLife()));
    String segment = segment(settings, interaction);
    ItemCounts counts = statistic.getSegmentsMap().get(segment);
    if (!segment.isEmpty()
        && (counts != null || statistic.getSegmentsCount() < settings.segments())) {
      statistic.putSegments(
          segment,
          ItemRates.add(
              counts == null ? ItemCounts.getDefaultInstance() : counts,
              of,
              per,
              timeMillis,
              settings.halfLife()));
    }
    return statistic.build();
  }

  private static String segment(ItemStatisticSettings settings, Interaction interaction) {
    if (settings.segmentProperty().isEmpty()) {
      return "";
    }
    for (Feature property : interaction.getPropertiesList()) {
      if (property.getName().equals(settings.segmentProperty())) {
        String text = property.getValue().getText();
        return text.getBytes(StandardCharsets.UTF_8).length > MAX_SEGMENT_BYTES ? "" : text;
      }
    }
    return "";
  }

  /** An item that nobody touched for this long is forgotten; zero where nothing is declared. */
  public Duration timeToLive() {
    return declared.stream()
        .map(each -> each.settings().halfLife())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO)
        .multipliedBy(LIFE_HALF_LIVES);
  }
}
