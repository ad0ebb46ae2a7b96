package io.waggle.app.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.offline.Candidate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchSpaceTest {
  @TempDir Path directory;

  @Test
  void theCandidatesAreTheProductOfTheLists() throws IOException {
    SearchSpace space =
        read(
            """
            arguments: --cb_explore_adf -b 20
            exploration:
              - {epsilon: [0.05, 0.2]}
              - {squarecb: true, gamma_scale: 10}
            options:
              interactions: [[], [ua, sa]]
              noconstant: [true, false]
            """);

    assertThat(space.candidates()).hasSize(12);
    assertThat(space.candidates())
        .extracting(Candidate::description)
        .startsWith(
            "--epsilon 0.05 --noconstant",
            "--epsilon 0.05",
            "--epsilon 0.05 --interactions ua --interactions sa --noconstant")
        .endsWith("--squarecb --gamma_scale 10 --interactions ua --interactions sa");
    assertThat(arguments(space.candidates().get(1)))
        .isEqualTo("--cb_explore_adf -b 20 --epsilon 0.05");
    assertThat(space.candidates()).extracting(Candidate::name).startsWith("s1", "s2");
    assertThat(space.keep()).isEqualTo(0.5);
    assertThat(space.looks()).containsExactly(0.125, 0.25, 0.5);
  }

  @Test
  void withoutListsThereIsOneCandidate() throws IOException {
    List<Candidate> candidates = read("keep: 1\n").candidates();

    assertThat(candidates).hasSize(1);
    assertThat(arguments(candidates.get(0))).isEqualTo("--cb_explore_adf");
  }

  @Test
  void aProductBeyondTheBoundIsRefusedWithItsFactors() throws IOException {
    assertThatThrownBy(
            () ->
                read(
                    """
                    options:
                      learning_rate: [1, 2, 3, 4, 5, 6, 7, 8]
                      power_t: [1, 2, 3, 4, 5, 6, 7, 8]
                      l2: [1, 2, 3, 4, 5]
                    """))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("space.yaml: candidates: 320 = 8 of learning_rate x 8 of power_t x 5")
        .hasMessageContaining("(expected: at most 256)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense: 1                      | nonsense: unknown",
        "options: {learning_rate: 0.5}    | options.learning_rate",
        "options: {learning_rate: []}     | options.learning_rate: [] (expected: a list of values",
        "options: {--l2: [1]}             | options.--l2: --l2 (expected: an option's long name",
        "options: {l2: [{a: 1}]}          | options.l2: {a=1} (expected: numbers, words",
        "exploration: [{}]                | exploration[0]: {} (expected: a mapping of options",
        "exploration: [{epsilon: ' '}]    | exploration[0].epsilon:   (expected: numbers",
        "keep: some                       | keep: some (expected: Double)",
      })
  void aMistakeIsNamedByItsKey(String yaml, String said) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("space.yaml")
        .hasMessageContaining(said);
  }

  private SearchSpace read(String yaml) throws IOException {
    Path file = directory.resolve("space.yaml");
    Files.writeString(file, yaml);
    return SearchSpace.read(file);
  }

  private static String arguments(Candidate candidate) {
    return candidate.config() == null ? "" : candidate.config().getVowpalWabbit().getArguments();
  }
}
