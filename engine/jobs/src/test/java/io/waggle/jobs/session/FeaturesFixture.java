package io.waggle.jobs.session;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import java.util.List;

/** A surface that declares a feature of every kind, and one that declares nothing. */
final class FeaturesFixture {
  /** Numbers reach the learner as they are, so that they can be compared. */
  static final String FEATURES =
      """
      - {name: clicks, window: {of: {types: [click]}, windows: [600s, 3600s, 86400s], form: {plain: {}}}}
      - {name: spent, window: {sum: price, windows: [7200s], form: {plain: {}}}}
      - {name: activity, decayed: {halfLife: 3600s, form: {plain: {}}}}
      - {name: worth, decayed: {sum: price, halfLife: 1800s, form: {plain: {}}}}
      - {name: click_rate, rate: {of: {types: [click]}, per: {types: [view]}, prior: 0.1, halfLife: 7200s}}
      - {name: last_items, last: {field: item_id, most: 4}}
      - {name: session_brands, last: {field: properties.brand, inSession: true}}
      - {name: since_click, timeSince: {of: {types: [click]}}}
      - {name: items, distinct: {field: item_id, form: {plain: {}}}}
      - {name: price, quantile: {property: price, quantiles: [0.25, 0.5, 0.9]}}
      - {name: taste, affinity: {field: category, halfLife: 3600s}}
      - {name: fits, affinity: {field: category, actionFeature: about.section, halfLife: 3600s}}
      - {name: seen, seen: {of: {types: [view]}}}
      - {name: clicked, seen: {of: {types: [click]}, form: SEEN_FORM_COUNT}}
      - {name: same, seen: {of: {types: [click]}, form: SEEN_FORM_SAME_CATEGORY, categoryFeature: about.section}}
      - {name: length, session: {aspect: SESSION_ASPECT_LENGTH}}
      - {name: position, session: {aspect: SESSION_ASPECT_POSITION}}
      - {name: age, session: {aspect: SESSION_ASPECT_AGE}}
      - {name: dwell, session: {aspect: SESSION_ASPECT_DWELL}}
      - {name: entry, session: {aspect: SESSION_ASPECT_ENTRY}}
      - {name: visits, session: {aspect: SESSION_ASPECT_COUNT}}
      - {name: local, localTime: {zone: Europe/Paris, zoneFeature: user.zone, parts: [TIME_PART_HOUR, TIME_PART_DAYPART, TIME_PART_WEEKDAY, TIME_PART_WEEKEND]}}
      - {name: query, tokens: {source: query.text, most: 3}}
      - {name: age_group, number: {source: user.age, form: {buckets: {bounds: [18, 40]}}}}
      - {name: title, tokens: {source: about.title, scope: FEATURE_SCOPE_ACTION}}
      - {name: cost, number: {source: about.cost, scope: FEATURE_SCOPE_ACTION, form: {scaled: {mean: 10, deviation: 2}}}}
      - {name: secret_health, sensitive: true, last: {field: properties.health}}
      - {name: secret_taste, sensitive: true, namespace: private, affinity: {field: properties.health}}
      - {name: secret_seen, sensitive: true, namespace: hidden, seen: {}}
      """;

  private FeaturesFixture() {}

  /** Surface {@code front} with these features, and {@code quiet} with none. */
  static Surfaces surfaces(String features) {
    return new Surfaces(List.of(surface("front", features), surface("quiet", "")));
  }

  private static Surface surface(String name, String features) {
    String yaml =
        """
        name: %s
        livePolicy: uniform
        reward: {}
        session: {timeToLive: 8640000s}
        policies:
          - name: uniform
            uniform: {}
        """
            .formatted(name);
    return Surface.of(
        SurfaceFiles.parse(features.isEmpty() ? yaml : yaml + "features:\n" + features.indent(2)));
  }
}
