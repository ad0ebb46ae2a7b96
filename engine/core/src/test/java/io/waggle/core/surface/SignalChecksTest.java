package io.waggle.core.surface;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalChecksTest {
  private static final String SURFACE =
      """
      name: shop
      policies: [{name: uniform, uniform: {}}]
      livePolicy: uniform
      reward: {}
      signals:
      """;

  @Test
  void shippedSignalsAreGood() throws IOException {
    try (InputStream file = SurfaceFiles.class.getResourceAsStream("/waggle/signals.yaml")) {
      String yaml = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);

      assertThat(SurfaceFiles.parse(yaml).getSignalsCount()).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {name: a, steps: [{name: x}]} | signals[0].within: not given
          {name: a, within: 0s, steps: [{name: x}]} | signals[0].within:
          {name: a, within: 1s, steps: []} | signals[0].steps
          {name: a, within: 1s, steps: [{name: x}, {name: x}]} | signals[0].steps[1].name: x (expected: unique
          {name: a, within: 1s, steps: [{name: x, follow: SIGNAL_FOLLOW_BY}]} | signals[0].steps[0].follow: SIGNAL_FOLLOW_BY (expected: not given
          {name: a, within: 1s, steps: [{name: x, optional: true}]} | signals[0].steps[0].optional: true
          {name: a, within: 1s, steps: [{name: x, pause: 1s}]} | signals[0].steps[0].pause
          {name: a, within: 1s, steps: [{name: x, sameItemAs: y}]} | signals[0].steps[0].same_item_as: y (expected: an earlier step
          {name: a, within: 1s, steps: [{name: x, times: 2, exactly: true}]} | signals[0].steps[0].exactly: true (expected: times, the last step
          {name: a, within: 1s, steps: [{name: x, times: 2, oneOrMore: true}]} | signals[0].steps[0].times: 2
          {name: a, within: 1s, steps: [{name: x, until: y}]} | signals[0].steps[0].until: y (expected: one_or_more
          {name: a, within: 1s, steps: [{name: x}, {name: y, follow: SIGNAL_FOLLOW_NOT_NEXT}]} | signals[0].steps[1].follow: SIGNAL_FOLLOW_NOT_NEXT (expected: a step after it
          {name: a, within: 1s, steps: [{name: x}, {name: y, follow: SIGNAL_FOLLOW_BY_ANY}, {name: z, follow: SIGNAL_FOLLOW_BY_ANY}]} | signals[0].steps[2].follow: SIGNAL_FOLLOW_BY_ANY (expected: once
          {name: a, within: 1s, maxInteractions: 65, steps: [{name: x, oneOrMore: true}, {name: y}]} | signals[0].max_interactions: 65 (expected: at most 64, as steps
          {name: a, within: 1s, maxInteractions: 23, steps: [{name: x, oneOrMore: true}, {name: y, oneOrMore: true}]} | signals[0].max_interactions: 23 (expected: at most 22
          {name: a, within: 1s, maxInteractions: 65, steps: [{name: x}, {name: y, follow: SIGNAL_FOLLOW_BY_ANY}, {name: z}]} | signals[0].max_interactions: 65 (expected: at most 64
          {name: a, within: 1s, maxInteractions: 363, steps: [{name: x}, {name: y, optional: true}, {name: z}]} | signals[0].max_interactions: 363 (expected: at most 362
          {name: a, within: 1s, steps: [{name: x, conditions: [{field: price, above: 1}]}]} | signals[0].steps[0].conditions[0].field: price (expected: properties.NAME
          """)
  void badSignalIsRefusedByFieldAndRule(String signal, String message) {
    assertThatThrownBy(() -> SurfaceFiles.parse(SURFACE + "  - " + signal + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {name: x, times: 3}, {name: y} | 256
          {name: x}, {name: y, follow: SIGNAL_FOLLOW_BY_ANY} | 256
          {name: x}, {name: y, optional: true}, {name: z} | 256
          {name: x, oneOrMore: true}, {name: y} | 64
          {name: x, oneOrMore: true}, {name: y, oneOrMore: true, optional: true} | 19
          """)
  void signalThatSaysNothingLooksAtFewerInteractionsWhereItsStepsMultiplyMatches(
      String steps, int interactions) {
    String yaml = SURFACE + "  - {name: a, within: 1s, steps: [" + steps + "]}\n";

    assertThat(SignalBounds.maxInteractions(SurfaceFiles.parse(yaml).getSignals(0)))
        .isEqualTo(interactions);
  }

  @Test
  void unknownKeyIsRefusedWithItsLine() {
    String yaml = SURFACE + "  - name: a\n    within: 1s\n    steps:\n      - {nme: x}\n";

    assertThatThrownBy(() -> SurfaceFiles.parse(yaml))
        .hasMessageContaining("signals[0].steps[0].nme: unknown key, line 9");
  }

  @Test
  void valueOfTheWrongTypeIsToldWithItsLine() {
    String yaml = SURFACE + "  - name: a\n    within: 10m\n    steps: [{name: x}]\n";

    assertThatThrownBy(() -> SurfaceFiles.parse(yaml))
        .hasMessage("signals[0].within: 10m, line 7 (expected: seconds such as 600s or 0.5s)");
    assertThatThrownBy(
            () -> SurfaceFiles.parse(yaml.replace("10m", "10s\n    skip: SIGNAL_SKIP_ALL")))
        .hasMessageStartingWith("signals[0].skip: SIGNAL_SKIP_ALL, line 8 (expected: one of");
  }

  @Test
  void brokenRuleIsToldWithItsLine() {
    String yaml =
        SURFACE
            + """
                - name: good
                  within: 1s
                  steps: [{name: x}]
                - name: bad
                  within: 1s
                  steps:
                    - {name: x}
                    - name: y
                      same_item_as: z
            """;

    assertThatThrownBy(() -> SurfaceFiles.parse(yaml))
        .hasMessageStartingWith("signals[1].steps[1].same_item_as: z (expected: an earlier step")
        .hasMessageEndingWith(", line 14");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {signal: other, value: -0.2} | reward.derived.rules[0].signal: other (expected: one of the signals), line 4
          {signal: left, value: -0.2} | reward.derived.rules[0].signal: left (expected: a signal that is complete within reward.wait
          {signal: seen, interaction: click, value: 0.5} | reward.derived.rules[0].signal: seen (expected: not given beside
          {signal: seen, property: price, value: 0.5} | reward.derived.rules[0].property: price (expected: not given for a signal
          {value: 0.5} | reward.derived.rules[0].interaction: not given (expected: an interaction's type, or a signal
          {signal: seen, value: 2} | reward.derived.rules[0].value: 2.0
          """)
  void rewardForASignalIsRefusedByFieldAndRule(String rule, String message) {
    String yaml =
        SURFACE
                .replace("reward: {}", "reward: {min: -1, max: 1, derived: {rules: [%s]}}")
                .formatted(rule)
            + """
              - {name: seen, within: 86400s, steps: [{name: x}]}
              - {name: left, within: 600s, steps: [{name: x}, {name: y, follow: SIGNAL_FOLLOW_NOT_BY}]}
            """;

    assertThatThrownBy(() -> SurfaceFiles.parse(yaml)).hasMessageContaining(message);
  }
}
