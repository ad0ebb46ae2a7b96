package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTrialTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cb_explore_adf --epsilon 0.1",
        "--cb_explore_adf --bag 3 -q ua",
        "--cb_explore_adf --cover 2 --cb_type dr",
        "--cb_explore_adf --squarecb -b 20",
        "--cb_explore_adf --softmax --lambda 5 --ignore s",
        "--cb_explore_adf --first 2",
      })
  void aCommandLineThatLearnsHasNoProblem(String arguments) {
    assertThat(CommandLineTrial.problem(arguments)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--cb_explore_adf --epsilon abc | Failed to convert abc",
        "--cb_explore_adf --cb_type nonsense | cb_type",
        "--cb_explore_adf --loss_function nonsense | loss_function",
        "--cb_explore_adf -q u | feature",
      })
  void aWrongValueIsToldInVowpalWabbitsWords(String arguments, String words) {
    assertThat(CommandLineTrial.problem(arguments)).containsIgnoringCase(words);
  }

  @Test
  void anOptionThatIsNotAllowedNeverReachesVowpalWabbit() {
    assertThat(CommandLineTrial.problem("--cb_explore_adf -f /tmp/model"))
        .isEqualTo("expected: only options that learn and touch no file or port, not -f");
  }
}
