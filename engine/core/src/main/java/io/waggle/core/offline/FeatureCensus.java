package io.waggle.core.offline;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which namespaces and features a log's decisions have, in how many of them. At most {@value
 * #NAMES_MAX} names; further ones are only counted. One thread.
 */
public final class FeatureCensus {
  private static final int NAMES_MAX = 10_000;

  private final Map<FeatureMask, Long> decisions = new HashMap<>();
  private boolean incomplete;

  /**
   * A namespace or feature.
   *
   * @param mask what it is
   * @param decisions that have it
   */
  public record Entry(FeatureMask mask, long decisions) {}

  /**
   * Counts a log to its end.
   *
   * @throws IOException when it cannot be read
   */
  public static FeatureCensus of(OccasionReader log) throws IOException {
    FeatureCensus census = new FeatureCensus();
    for (Occasion occasion = log.next(); occasion != null; occasion = log.next()) {
      census.add(occasion.example());
    }
    return census;
  }

  private void add(Example example) {
    Set<FeatureMask> seen = new HashSet<>();
    collect(example.context(), seen);
    collect(example.session(), seen);
    for (Action action : example.actions()) {
      collect(action.getNamespacesList(), seen);
    }
    for (Slot slot : example.slots()) {
      collect(slot.getFeaturesList(), seen);
    }
    for (FeatureMask mask : seen) {
      if (decisions.size() < NAMES_MAX || decisions.containsKey(mask)) {
        decisions.merge(mask, 1L, Long::sum);
      } else {
        incomplete = true;
      }
    }
  }

  private static void collect(List<Namespace> namespaces, Set<FeatureMask> seen) {
    for (Namespace namespace : namespaces) {
      if (namespace.getFeaturesCount() > 0) {
        seen.add(new FeatureMask(namespace.getName(), null));
      }
      for (Feature feature : namespace.getFeaturesList()) {
        seen.add(new FeatureMask(namespace.getName(), feature.getName()));
      }
    }
  }

  /** The namespaces, the most frequent first. */
  public List<Entry> namespaces() {
    return entries(true);
  }

  /** The features, the most frequent first. */
  public List<Entry> features() {
    return entries(false);
  }

  /** True: there were more names than are counted. */
  public boolean isIncomplete() {
    return incomplete;
  }

  private List<Entry> entries(boolean wholeNamespaces) {
    return decisions.entrySet().stream()
        .filter(entry -> (entry.getKey().feature() == null) == wholeNamespaces)
        .map(entry -> new Entry(entry.getKey(), entry.getValue()))
        .sorted(
            Comparator.comparingLong(Entry::decisions)
                .reversed()
                .thenComparing(entry -> entry.mask().name()))
        .toList();
  }
}
