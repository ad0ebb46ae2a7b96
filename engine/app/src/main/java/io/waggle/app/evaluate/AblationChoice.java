package io.waggle.app.evaluate;

import io.waggle.core.offline.FeatureCensus;
import io.waggle.core.offline.FeatureMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an ablation leaves out, one after the other.
 *
 * @param chosen namespaces, then features, the most frequent of each first
 * @param notTried what there was no room for, likewise
 * @param incomplete true: there were more names than are counted
 */
record AblationChoice(
    List<FeatureCensus.Entry> chosen, List<FeatureCensus.Entry> notTried, boolean incomplete) {
  /** Most namespaces that are left out one by one: what one decision may hold. */
  private static final int NAMESPACES_MAX = 40;

  static final AblationChoice NONE = new AblationChoice(List.of(), List.of(), false);

  AblationChoice {
    chosen = List.copyOf(chosen);
    notTried = List.copyOf(notTried);
  }

  /** A feature that is alone in its namespace is left out with it, not once more. */
  static AblationChoice of(FeatureCensus census, int featuresMax) {
    Map<String, Long> sizes =
        census.features().stream()
            .map(FeatureCensus.Entry::mask)
            .collect(Collectors.groupingBy(FeatureMask::namespace, Collectors.counting()));
    List<FeatureCensus.Entry> features =
        census.features().stream()
            .filter(entry -> sizes.getOrDefault(entry.mask().namespace(), 0L) > 1)
            .toList();
    List<FeatureCensus.Entry> chosen = new ArrayList<>();
    List<FeatureCensus.Entry> notTried = new ArrayList<>();
    split(census.namespaces(), NAMESPACES_MAX, chosen, notTried);
    split(features, featuresMax, chosen, notTried);
    return new AblationChoice(chosen, notTried, census.isIncomplete());
  }

  private static void split(
      List<FeatureCensus.Entry> entries,
      int most,
      List<FeatureCensus.Entry> chosen,
      List<FeatureCensus.Entry> notTried) {
    int first = Math.min(most, entries.size());
    chosen.addAll(entries.subList(0, first));
    notTried.addAll(entries.subList(first, entries.size()));
  }
}
