package io.waggle.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundsTest {
  @Test
  void aRatioIsThatOfTheRoundInTheMiddleAndNotOfTheMedians() {
    Rounds these = rounds(30, 10, 40);
    Rounds those = rounds(10, 10, 20);

    assertThat(these.ratio(those)).isEqualTo(2);
    assertThat(these.median()).isEqualTo(30);
    assertThat(those.median()).isEqualTo(10);
  }

  @Test
  void theirOrderStaysAndIsNotThatOfTheirSizes() {
    Rounds rounds = rounds(3, 1, 2, 4);

    assertThat(rounds.all()).containsExactly(3.0, 1.0, 2.0, 4.0);
    assertThat(rounds.sorted()).containsExactly(1.0, 2.0, 3.0, 4.0);
    assertThat(rounds.median()).isEqualTo(3);
  }

  private static Rounds rounds(double... numbers) {
    Rounds rounds = new Rounds();
    for (double number : numbers) {
      rounds.add(number);
    }
    return rounds;
  }
}
