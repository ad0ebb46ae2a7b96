package io.waggle.jobs.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Interaction;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each key of a step and a signal means, by example: docs/signals.md in interactions. */
class SignalStepsTest {
  private static final long DAY = 86_400_000;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          BY       | a b     | 0 1
          BY       | a d b b | 0 2
          BY       | a a b   | 0 2; 1 2
          BY       | b a     |
          NEXT     | a b     | 0 1
          NEXT     | a d b   |
          BY_ANY   | a b d b | 0 1; 0 3
          """)
  void stepFollowsTheOneBefore(String follow, String interactions, String matches)
      throws Exception {
    assertMatches(
        "{name: a, interaction: a}, {name: b, interaction: b, follow: SIGNAL_FOLLOW_"
            + follow
            + "}",
        interactions,
        matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NOT_BY   | a c     | 0 1
          NOT_BY   | a d c   | 0 2
          NOT_BY   | a b c   |
          NOT_BY   | a d b c |
          NOT_NEXT | a c     | 0 1
          NOT_NEXT | a b c   |
          NOT_NEXT | a d b c | 0 3
          """)
  void stepDoesNotComeBeforeTheNext(String follow, String interactions, String matches)
      throws Exception {
    assertMatches(
        "{name: a, interaction: a}, {name: b, interaction: b, follow: SIGNAL_FOLLOW_"
            + follow
            + "}, {name: c, interaction: c}",
        interactions,
        matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          times: 2                             | a b d b c     | 0 1 3 4
          times: 2                             | a b c       |
          times: 2, follow: SIGNAL_FOLLOW_NEXT | a b b c     | 0 1 2 3
          times: 2, follow: SIGNAL_FOLLOW_NEXT | a b d b c   |
          optional: true                       | a c         | 0 1
          optional: true                       | a b c       | 0 1 2; 0 2
          oneOrMore: true                      | a c         |
          oneOrMore: true                      | a b d b c   | 0 1 3 4; 0 1 4
          oneOrMore: true, until: stop         | a b stop b c | 0 1 4
          """)
  void stepIsRepeatedOrMissing(String step, String interactions, String matches) throws Exception {
    assertMatches(
        "{name: a, interaction: a}, {name: b, interaction: b, "
            + step
            + "}, {name: c, interaction: c}",
        interactions,
        matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sameItemAs: a    | a/1 b/2 b/1 | 0 2
          otherItemThan: a | a/1 b/1 b/2 | 0 2
          pause: 2s        | a b b       | 0 2
          'conditions: [{field: item_id, equals: "2"}]' | a b/1 b/2 | 0 2
          'conditions: [{field: category, equals: category2}]' | a b/x/1 b/x/2 | 0 2
          'conditions: [{field: properties.t, equals: "2"}]' | a b/x/1 b/x/2 | 0 2
          'conditions: [{field: properties.n, above: 2}]' | a b b/x/2 b/x/3 | 0 3
          'conditions: [{field: properties.n, below: 2}]' | a b b/x/2 b/x/1 | 0 3
          'conditions: [{field: properties.n, above: 1}, {field: properties.n, below: 3}]' | a b/x/1 b/x/3 b/x/2 | 0 3
          """)
  void conditionsHoldForTheInteraction(String conditions, String interactions, String matches)
      throws Exception {
    assertMatches(
        "{name: a, interaction: a}, {name: b, interaction: b, " + conditions + "}",
        interactions,
        matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SKIP_NOTHING    | 0 1 3; 1 2 3; 0 1 4; 1 2 4
          SKIP_SAME_START | 0 1 3; 1 2 3
          SKIP_PAST_LAST  | 0 1 3
          """)
  void matchEndsOthersAsSkipSays(String skip, String matches) throws Exception {
    assertSignal(
        "skip: SIGNAL_"
            + skip
            + ", steps: [{name: a, interaction: a, times: 2}, {name: b, interaction: b, follow: SIGNAL_FOLLOW_BY_ANY}]",
        "a a a b b",
        matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {name: a, interaction: a, times: 2}, {name: b, interaction: b} | a a a b | 0 1 3
          {name: a, interaction: a, oneOrMore: true}, {name: b, interaction: b} | a a b | 0 1 2
          {name: a, interaction: a}, {name: b, interaction: b, optional: true}, {name: c, interaction: c} | a b c | 0 1 2
          {name: a, interaction: a, times: 2, exactly: true} | a a a | 0 1
          """)
  void onceCountsTheMatchThatBeganFirst(String steps, String interactions, String matches)
      throws Exception {
    assertSignal("once: SIGNAL_ONCE_LAST, steps: [" + steps + "]", interactions, matches);
  }

  private static void assertMatches(String steps, String interactions, String matches)
      throws Exception {
    assertSignal("steps: [" + steps + "]", interactions, matches);
  }

  private static void assertSignal(String keys, String interactions, String matches)
      throws Exception {
    List<Interaction> given = SignalExamples.interactions(interactions);
    try (SignalOperator operator =
        new SignalOperator(SignalExamples.signal("{name: s, within: 3600s, " + keys + "}"), null)) {
      operator.takeAll(given);
      operator.watermark(RandomInteractions.START + DAY);

      assertThat(SignalExamples.matches(operator.signals()))
          .as("%s after %s", keys, interactions)
          .isEqualTo(matches == null ? "" : matches);
    }
  }
}
