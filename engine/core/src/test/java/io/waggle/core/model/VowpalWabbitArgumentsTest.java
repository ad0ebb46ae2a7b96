package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VowpalWabbitArgumentsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cb_explore_adf",
        "--cb_explore_adf --epsilon 0.1 --noconstant",
        "--cb_explore_adf --squarecb --gamma_scale=10 -q sa --cubic sab",
        "--cb_explore_adf -q xa xb --interactions abc -b18 -l 0.5 --power_t 0",
        "  --quiet   --cb_explore_adf  --cover 3 --psi 0.01 --nounif ",
        "--cb_explore_adf --regcb --mellowness 0.01 --cb_type mtr",
        "--cb_explore_adf --softmax --lambda -5 --bag 5 --first 10 --rnd 3",
        "--cb_explore_adf --quadratic :: --ignore_linear U --random_seed 7",
        "--cb_explore_adf --experimental_full_name_interactions user|item",
      })
  void whatOnlyLearnsIsAllowed(String arguments) {
    assertThat(VowpalWabbitArguments.problem(arguments)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-f",
        "-fmodel",
        "-f model",
        "--final_regressor m",
        "--final_regressor=m",
        "-i m",
        "-im",
        "--initial_regressor m",
        "-d data",
        "-ddata",
        "--data x",
        "-c",
        "-k",
        "-ck",
        "--cache",
        "--cache_file x",
        "--kill_cache",
        "-p x",
        "-p/dev/stdout",
        "--predictions x",
        "-r x",
        "--raw_predictions x",
        "--readable_model x",
        "--invert_hash x",
        "--save_per_pass",
        "--feature_mask x",
        "--dictionary a:x",
        "--dictionary_path /",
        "--extra_metrics x",
        "--output_feature_regularizer_binary x",
        "--output_feature_regularizer_text x",
        "--input_feature_regularizer x",
        "--dump_json_weights_experimental x",
        "--epsilon_decay_audit x",
        "--daemon",
        "--port 1",
        "--port_file x",
        "--pid_file x",
        "--span_server h",
        "--json",
        "--dsjson",
        "--compressed",
        "-a",
        "--audit",
        "-t",
        "--predict_only_model",
        "--help",
        "--version",
        "--config x",
        "--no_such_option",
        "--",
        "-"
      })
  void whatTouchesFilesOrPortsOrIsUnknownIsRefused(String option) {
    assertThat(VowpalWabbitArguments.problem("--cb_explore_adf " + option)).isNotNull();
    assertThat(VowpalWabbitArguments.problem(option + " --cb_explore_adf")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--sgd",
        "--normalized",
        "--cb_dro",
        "--rank 3",
        "--autolink 2",
        "--regcbopt",
        "--cb_sample"
      })
  void whatDoesNotSurviveARestartOrIsBrokenIsRefused(String option) {
    assertThat(VowpalWabbitArguments.problem("--cb_explore_adf " + option))
        .contains("only options");
  }

  @Test
  void aRefusedCommandLineIsNamedWithWhatWasExpected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VowpalWabbitArguments.check("--cb_explore_adf -f x"))
        .withMessage(
            "arguments: --cb_explore_adf -f x (expected: only options that learn and touch no file"
                + " or port, not -f)");
  }

  @Test
  void aSavedModelGetsEveryOptionAgainButThoseItWouldTakeTwice() {
    assertThat(
            VowpalWabbitArguments.forSavedModel(
                "--cb_explore_adf --random_seed 5 -q ca cb --bag 3 --random_seed=7 --lrq ca3 cb2"
                    + " --ngram c2 --skips c1 --spelling c --l2 0.1"))
        .isEqualTo("--cb_explore_adf -q ca cb --bag 3 --l2 0.1 --preserve_performance_counters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.txt --cb_explore_adf",
        "--cb_explore_adf data.txt",
        "--cb_explore_adf --epsilon 0.1 data.txt",
        "--cb_explore_adf --epsilon=0.1 data.txt",
        "--cb_explore_adf -b18 data.txt",
        "--cb_explore_adf=x",
      })
  void aStrayWordIsRefusedSinceItWouldBeReadAsADataFile(String arguments) {
    assertThat(VowpalWabbitArguments.problem(arguments)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cb_explore_adf \"-f\" x", "--cb_explore_adf '-f'", "--cb_explore_adf\t-f x",
        "--cb_explore_adf\n-f x", "--cb_explore_adf \\-f x", "--cb_explore_adf --id \u00e4",
        "--cb_explore_adf --id a\u0000b"
      })
  void quotesBackslashesAndOddCharactersAreRefused(String arguments) {
    assertThat(VowpalWabbitArguments.problem(arguments)).contains("printable ASCII");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--squarecb; --cb_explore_adf among the options",
        "' '; an option in place of",
        "--cb_explore_adf --epsilon; a value after --epsilon",
        "--cb_explore_adf --epsilon --squarecb; a value after --epsilon",
        "--cb_explore_adf -q; a value after -q",
        "--cb_explore_adf --l2=; a value after --l2",
        "--cb_explore_adf -b 25; -b a whole number from 1 to 24",
        "--cb_explore_adf -b 18 -b 32; -b a whole number from 1 to 24",
        "--cb_explore_adf --bit_precision=99; --bit_precision a whole number from 1 to 24",
        "--cb_explore_adf -b 0; -b a whole number from 1 to 24",
        "--cb_explore_adf --bag 100000; --bag a whole number from 1 to 64",
        "--cb_explore_adf --nn -1; --nn a whole number from 1 to 256",
      })
  void theRefusalSaysWhatWasExpected(String arguments, String expected) {
    assertThat(VowpalWabbitArguments.problem(arguments)).contains(expected);
  }

  @Test
  void severalSlotsAreAKindOfTheirOwn() {
    assertThat(VowpalWabbitArguments.problem("--ccb_explore_adf --squarecb -q Sa")).isNull();
    assertThat(VowpalWabbitArguments.severalSlots("--ccb_explore_adf --squarecb -q Sa")).isTrue();
    assertThat(VowpalWabbitArguments.severalSlots("--cb_explore_adf --squarecb -q Sa")).isFalse();
    assertThat(VowpalWabbitArguments.problem("--cb_explore_adf --ccb_explore_adf"))
        .contains("instead --ccb_explore_adf for several slots");
    assertThat(VowpalWabbitArguments.problem("--ccb_explore_adf --automl 3"))
        .isEqualTo("an option that works for several slots, not --automl");
    assertThat(VowpalWabbitArguments.problem("--ccb_explore_adf --no_predict"))
        .isEqualTo("an option that works for several slots, not --no_predict");
  }
}
