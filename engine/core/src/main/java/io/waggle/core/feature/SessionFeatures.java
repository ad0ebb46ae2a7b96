package io.waggle.core.feature;

import io.waggle.state.session.Affinities;
import io.waggle.state.session.SessionSettings;
import io.waggle.state.session.SignalFold;
import io.waggle.v1.Affinity;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import io.waggle.v1.SignalTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A session as learner features: namespace {@code session}, at most {@value #MAX_FEATURES} features
 * in an order that depends on nothing but the session and the time. Pure; any thread.
 *
 * <p>Of the current session, while it lasts: {@code length} (bucket), {@code last_category}, {@code
 * last_two_categories}, {@code last_item}, {@code last_type}, {@code count_TYPE} (log of 1 + count)
 * and {@code recent=CATEGORY} (log of 1 + count among the newest items). Of the user, always:
 * {@code idle} (time since the newest interaction, bucket), {@code sessions} (bucket), {@code
 * affinity_total} (log of 1 + all decayed counts as of now) and {@code affinity=CATEGORY} (share of
 * the decayed counts, in [0, 1]).
 */
public final class SessionFeatures {
  /** The namespace's name. */
  public static final String NAMESPACE = "session";

  /** Most features of any session: eight single ones and the bounded groups. */
  public static final int MAX_FEATURES = 8 + 8 + 8 + 10 + 2 * 8;

  private static final int MAX_TYPES = 8;
  private static final int MAX_RECENT_CATEGORIES = 8;
  private static final int MAX_AFFINITIES = 10;
  private static final int MAX_SIGNALS = 8;

  /** The contract's bound on a feature's name, UTF-8 bytes. */
  private static final int MAX_NAME_BYTES = 256;

  private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private SessionFeatures() {}

  /**
   * Features as of {@code nowMillis}, cut and decayed as the surface's settings say; empty for no
   * session.
   */
  public static List<Namespace> of(
      @Nullable Session session, long nowMillis, SessionSettings settings) {
    if (session == null || session.getVersion() == 0) {
      return List.of();
    }
    // A request stamped before the session's newest interaction is one made just now.
    long idleMillis = Math.max(0, nowMillis - session.getLastMillis());
    boolean lasts = idleMillis <= settings.gap().toMillis();
    Namespace.Builder features = Namespace.newBuilder().setName(NAMESPACE);
    text(features, "length", countBucket(lasts ? session.getLength() : 0));
    text(features, "idle", idleBucket(idleMillis));
    text(features, "sessions", countBucket(session.getSessionCount() + (lasts ? 0 : 1)));
    if (lasts) {
      addLastItems(features, session.getRecentItemsList());
      addTypeCounts(features, session.getTypeCountsMap());
      addRecentCategories(features, session.getRecentItemsList());
    }
    addAffinities(features, session.getAffinitiesMap(), nowMillis, settings.affinityHalfLife());
    addSignals(features, session, lasts, nowMillis);
    return List.of(features.build());
  }

  /** The items' own words: which was last, and of what category the last two were. */
  private static void addLastItems(Namespace.Builder features, List<SessionItem> items) {
    if (items.isEmpty()) {
      return;
    }
    SessionItem last = items.get(items.size() - 1);
    text(features, "last_item", last.getItemId());
    text(features, "last_type", last.getType());
    List<String> categories = lastTwoCategories(items);
    if (!categories.isEmpty()) {
      text(features, "last_category", categories.get(0));
    }
    if (categories.size() == 2) {
      text(features, "last_two_categories", categories.get(1) + ">" + categories.get(0));
    }
  }

  /** Newest first; items without a category are passed over. */
  private static List<String> lastTwoCategories(List<SessionItem> items) {
    List<String> categories = new ArrayList<>(2);
    for (int i = items.size() - 1; i >= 0 && categories.size() < 2; i--) {
      String category = items.get(i).getCategory();
      if (!category.isEmpty()) {
        categories.add(category);
      }
    }
    return categories;
  }

  private static void addTypeCounts(Namespace.Builder features, Map<String, Long> counts) {
    Map<String, Double> weights = new HashMap<>();
    counts.forEach((type, count) -> weights.put("count_" + type, StrictMath.log1p(count)));
    addStrongest(features, weights, MAX_TYPES);
  }

  private static void addRecentCategories(Namespace.Builder features, List<SessionItem> items) {
    Map<String, Integer> counts = new HashMap<>();
    for (SessionItem item : items) {
      if (!item.getCategory().isEmpty()) {
        counts.merge(item.getCategory(), 1, Integer::sum);
      }
    }
    Map<String, Double> weights = new HashMap<>();
    counts.forEach((category, count) -> weights.put("recent=" + category, StrictMath.log1p(count)));
    addStrongest(features, weights, MAX_RECENT_CATEGORIES);
  }

  private static void addAffinities(
      Namespace.Builder features,
      Map<String, Affinity> affinities,
      long nowMillis,
      Duration halfLife) {
    if (affinities.isEmpty()) {
      return;
    }
    // Shares are the same at any time, so they are taken at the newest affinity's, where the
    // largest count has not decayed to zero. Sorted: a sum must not depend on the map's order.
    long newestMillis = 0;
    for (Affinity affinity : affinities.values()) {
      newestMillis = Math.max(newestMillis, affinity.getUpdatedMillis());
    }
    Map<String, Double> values = new TreeMap<>();
    double sum = 0;
    double sumNow = 0;
    for (Map.Entry<String, Affinity> entry : new TreeMap<>(affinities).entrySet()) {
      double value = Affinities.valueAt(entry.getValue(), newestMillis, halfLife);
      values.put(entry.getKey(), value);
      sum += value;
      sumNow += Affinities.valueAt(entry.getValue(), nowMillis, halfLife);
    }
    Map<String, Double> shares = new HashMap<>();
    for (Map.Entry<String, Double> entry : values.entrySet()) {
      shares.put("affinity=" + entry.getKey(), entry.getValue() / sum);
    }
    number(features, "affinity_total", StrictMath.log1p(sumNow));
    addStrongest(features, shares, MAX_AFFINITIES);
  }

  /** Those found last first, of the same time by name. */
  private static void addSignals(
      Namespace.Builder features, Session session, boolean lasts, long nowMillis) {
    session.getSignals().getFoundMap().entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, SignalTimes>>comparingLong(
                    entry -> -SignalFold.newestMillis(entry.getValue()))
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MAX_SIGNALS)
        .forEach(
            entry -> {
              SignalTimes times = entry.getValue();
              // A request may be stamped before the event time that the match is of.
              long sinceMillis = Math.max(0, nowMillis - SignalFold.newestMillis(times));
              text(features, "signal_since_" + entry.getKey(), idleBucket(sinceMillis));
              int count = lasts ? SignalFold.inSession(times, session.getStartedMillis()) : 0;
              if (count > 0) {
                number(features, "signal=" + entry.getKey(), StrictMath.log1p(count));
              }
            });
  }

  /** The heaviest, heaviest first, equal ones by name. */
  private static void addStrongest(
      Namespace.Builder features, Map<String, Double> weights, int most) {
    weights.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most)
        .forEach(entry -> number(features, entry.getKey(), entry.getValue()));
  }

  private static String countBucket(long count) {
    if (count <= 1) {
      return Long.toString(Math.max(0, count));
    }
    return count <= 3 ? "2-3" : count <= 7 ? "4-7" : count <= 15 ? "8-15" : "16+";
  }

  private static String idleBucket(long idleMillis) {
    if (idleMillis < MINUTE_MILLIS) {
      return idleMillis < MINUTE_MILLIS / 6 ? "10s" : "1m";
    }
    if (idleMillis < DAY_MILLIS) {
      return idleMillis < 5 * MINUTE_MILLIS ? "5m" : idleMillis < 60 * MINUTE_MILLIS ? "1h" : "1d";
    }
    return idleMillis < 7 * DAY_MILLIS ? "7d" : "longer";
  }

  private static void text(Namespace.Builder features, String name, String value) {
    features.addFeatures(
        Feature.newBuilder().setName(name).setValue(FeatureValue.newBuilder().setText(value)));
  }

  private static void number(Namespace.Builder features, String name, double value) {
    features.addFeatures(
        Feature.newBuilder()
            .setName(withinBound(name))
            .setValue(FeatureValue.newBuilder().setNumber(value)));
  }

  /** Cuts a name made of a prefix and a category of up to 256 bytes to the contract's bound. */
  private static String withinBound(String name) {
    // A char is at most three bytes, so most names need no counting.
    if (name.length() * 3 <= MAX_NAME_BYTES) {
      return name;
    }
    int bytes = 0;
    int end = 0;
    while (end < name.length()) {
      int codePoint = name.codePointAt(end);
      bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes > MAX_NAME_BYTES) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return name.substring(0, end);
  }
}
