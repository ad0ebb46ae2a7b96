package io.waggle.core.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureChecksTest {
  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of(
            "- {name: a, timeSince: {}}\n- {name: a, timeSince: {}}",
            "features[1].name: a (expected: unique among the features)"),
        Arguments.of(
            "- {name: a, window: {windows: [3600s]}}\n- {name: a_1h, timeSince: {}}",
            "features[1].name: a_1h (expected: another name, as a gives history.a_1h too)"),
        Arguments.of(
            "- {name: a, namespace: session, timeSince: {}}",
            "features[0].namespace: session (expected: not session, which every surface has)"),
        Arguments.of(
            "- {name: a, namespace: x, timeSince: {}}\n- {name: b, namespace: x, seen: {}}",
            "features[1].namespace: x (expected: either of features of the action or of features"
                + " that actions share)"),
        Arguments.of(
            "- {name: a, window: {windows: [3600s, 3600s]}}",
            "features[0].window.windows[1]: PT1H (expected: each window once)"),
        Arguments.of(
            "- {name: a, window: {windows: [90s]}}",
            "features[0].window.windows[0]: PT1M30S (expected: whole minutes, as a window has 60"
                + " equal tiles)"),
        Arguments.of(
            "- {name: a, window: {windows: [60s], form: {buckets: {bounds: [1, 1]}}}}",
            "features[0].window.form.buckets.bounds[1]: 1.0 (expected: above the bound before it,"
                + " 1.0)"),
        Arguments.of(
            "- {name: a, quantile: {property: price, quantiles: [0.5, 0.5]}}",
            "features[0].quantile.quantiles[1]: 0.5 (expected: each quantile once)"),
        Arguments.of(
            "- {name: a, last: {field: color}}",
            "features[0].last.field: color (expected: item_id, category, type, or properties. and"
                + " a property's name)"),
        Arguments.of(
            "- {name: a, seen: {categoryFeature: item.section}}",
            "features[0].seen.category_feature: item.section (expected: not given, unless form is"
                + " SEEN_FORM_SAME_CATEGORY)"),
        Arguments.of(
            "- {name: a, affinity: {field: category, actionFeature: item.colour}}",
            "features[0].affinity.action_feature: item.colour (expected: a feature that an action"
                + " of the catalogue has)"),
        Arguments.of(
            "- {name: a, localTime: {zone: Mars/Olympus, parts: [TIME_PART_HOUR]}}",
            "features[0].local_time.zone: Mars/Olympus (expected: an IANA time zone such as"
                + " Europe/Paris)"),
        Arguments.of(
            "- {name: a, timeSince: {of: {above: 3}}}",
            "features[0].time_since.of.above: 3.0 (expected: a property to compare)"),
        Arguments.of(
            "- {name: a, timeSince: {of: {types: [click, click]}}}",
            "features[0].time_since.of.types[1]: click (expected: each type once)"),
        Arguments.of(
            """
            - {name: a, affinity: {field: category, most: 100}}
            - {name: b, affinity: {field: category, most: 100}}
            - {name: c, affinity: {field: category, most: 50}}
            """,
            "features: 72807 bytes of state per user (expected: at most 65536)"),
        Arguments.of(
            Stream.iterate(0, i -> i < 9, i -> i + 1)
                .map(i -> "- {name: a" + i + ", namespace: n" + i + ", timeSince: {}}\n")
                .reduce("", String::concat),
            "features: 9 namespaces (expected: at most 8)"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakeIsToldWithItsFieldAndRule(String features, String problem) {
    assertThatThrownBy(() -> surface(features))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void everyKindIsAcceptedWithItsDefaults() {
    Surface surface =
        surface(
            """
            - {name: a, window: {windows: [3600s, 86400s]}}
            - {name: b, decayed: {halfLife: 3600s}}
            - {name: c, rate: {of: {types: [click]}, per: {types: [view]}}}
            - {name: d, last: {field: item_id}}
            - {name: e, timeSince: {}}
            - {name: f, distinct: {field: properties.brand}}
            - {name: g, quantile: {property: price, quantiles: [0.5]}}
            - {name: h, affinity: {field: category, actionFeature: item.section}}
            - {name: i, seen: {}}
            - {name: j, session: {aspect: SESSION_ASPECT_LENGTH}}
            - {name: k, localTime: {parts: [TIME_PART_HOUR]}}
            - {name: l, tokens: {source: query.text}}
            - {name: m, number: {source: user.age, form: {log: {}}}}
            """);

    assertThat(surface.config().getFeaturesCount()).isEqualTo(13);
  }

  private static Surface surface(String features) {
    String yaml =
        """
        name: front
        livePolicy: uniform
        reward: {}
        policies:
          - name: uniform
            uniform: {}
        catalogue:
          - id: x
            namespaces:
              - name: item
                features:
                  - {name: section, value: {text: sport}}
        features:
        """
            + features.indent(2);
    return Surface.of(SurfaceFiles.parse(yaml));
  }
}
