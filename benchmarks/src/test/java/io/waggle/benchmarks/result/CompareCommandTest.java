package io.waggle.benchmarks.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
  @TempDir Path directory;

  @Test
  void aRatioWithinTheErrorsIsMarkedAsNoise() throws IOException {
    ResultFile before = file(jmh("10.0", "8.0", "12.0"));
    ResultFile slower = file("{\"commit\": \"c1\", \"jmh\": " + jmh("20.0", "19.0", "21.0") + "}");
    ResultFile same = file(jmh("11.0", "9.0", "13.0"));

    assertThat(CompareCommand.lines(before, slower).get(1))
        .isEqualTo("PathBenchmark.parse {actions=50}  10.00  20.00  us/op   2.00");
    assertThat(CompareCommand.lines(before, same).get(1)).endsWith("1.10  noise");
    assertThat(slower.facts()).containsEntry("commit", "c1");
  }

  @Test
  void withoutAnErrorThereIsNoVerdict() throws IOException {
    ResultFile one = file(jmh("10.0", "\"NaN\"", "\"NaN\""));

    assertThat(CompareCommand.lines(one, one).get(1)).endsWith("1.00  ?");
  }

  @Test
  void theLoadGeneratorsErrorIsWhatItsTurnsSpreadOver() throws IOException {
    ResultFile before = file(load("1.0", "0.9", "1.1"));
    ResultFile after = file(load("1.5", "1.05", "1.6"));

    assertThat(CompareCommand.lines(before, after))
        .anyMatch(line -> line.startsWith("grpc at 100/s p50") && line.endsWith("1.50  noise"));
  }

  @Test
  void anotherMachineIsSaid() throws IOException {
    ResultFile here =
        file("{\"jdk\": \"17\", \"processors\": 2, \"jmh\": " + jmh("1", "1", "1") + "}");
    ResultFile there =
        file("{\"jdk\": \"25\", \"processors\": 2, \"jmh\": " + jmh("1", "1", "1") + "}");

    assertThat(CompareCommand.differences(here, there))
        .containsExactly("another jdk: times differ by that too, noise or not");
    assertThat(CompareCommand.differences(here, here)).isEmpty();
  }

  @Test
  void whatIsInOneFileOnlyIsCounted() throws IOException {
    ResultFile both =
        file("{\"jmh\": " + jmh("1", "1", "1") + ", " + load("1", "1", "1").strip().substring(1));

    assertThat(CompareCommand.lines(file(jmh("1", "1", "1")), both))
        .last()
        .isEqualTo("(4 in one file only)");
  }

  @Test
  void filesOfDifferentBenchmarksAreRefusedWithWhatTheyHold() throws IOException {
    ResultFile jmh = file(jmh("1", "1", "1"));
    ResultFile load = file(load("1", "1", "1"));

    assertThatThrownBy(() -> CompareCommand.lines(jmh, load))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "B: no figure that A has too (expected: results of the same benchmarks; A has"
                + " PathBenchmark.parse {actions=50}, B has grpc at 100/s p50)");
  }

  @Test
  void aFileThatIsCutOrAbsentIsRefusedByName() throws IOException {
    Path cut = Files.writeString(directory.resolve("cut.json"), "{\"jmh\": [{");
    Path absent = directory.resolve("absent.json");

    assertThatThrownBy(() -> ResultFile.read(cut))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(cut + ": ")
        .hasMessageContaining("(expected: JSON");
    assertThatThrownBy(() -> ResultFile.read(absent))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(absent + ": absent (expected: a result of JMH or of waggle bench)");
  }

  @Test
  void aFileWithoutFiguresIsRefusedByName() throws IOException {
    Path other = Files.writeString(directory.resolve("other.json"), "{}");

    assertThatThrownBy(() -> ResultFile.read(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(other + ": no figures (expected: a result of JMH or of waggle bench)");
  }

  private ResultFile file(String json) throws IOException {
    Path file = Files.createTempFile(directory, "result", ".json");
    return ResultFile.read(Files.writeString(file, json));
  }

  private static String jmh(String score, String low, String high) {
    return """
        [{"benchmark": "io.waggle.benchmarks.jmh.PathBenchmark.parse", "params": {"actions": "50"},
          "primaryMetric": {"score": %s, "scoreConfidence": [%s, %s], "scoreUnit": "us/op"}}]
        """
        .formatted(score, low, high);
  }

  private static String load(String p50, String least, String most) {
    return """
        {"points": [{"scenario": "grpc", "rate": 100, "p50_ms": %s, "p90_ms": 2, "p99_ms": 3,
          "p999_ms": 4, "turns": [{"p50_ms": %s, "p90_ms": 2, "p99_ms": 3, "p999_ms": 4},
          {"p50_ms": %s, "p90_ms": 2, "p99_ms": 3, "p999_ms": 4}]}]}
        """
        .formatted(p50, least, most);
  }
}
