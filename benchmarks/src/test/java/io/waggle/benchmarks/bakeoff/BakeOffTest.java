package io.waggle.benchmarks.bakeoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The bake-off with two seeds: {@code bandit-bakeoff} under {@code -Dwaggle.data}. All ten: {@code
 * waggle bench bakeoff}.
 */
class BakeOffTest {
  @Test
  void everyAlgorithmThatWeTakeIsWithinTwiceTheReferencesSpread() throws Exception {
    Path folder = Path.of(System.getProperty("waggle.data", ""), "bandit-bakeoff");
    assumeTrue(Files.isReadable(folder.resolve("reference.json")), () -> "no data at " + folder);

    List<BakeOff.Row> rows =
        new BakeOff(
                folder,
                2,
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .run();

    assertThat(rows).isNotEmpty();
    assertThat(rows.stream().filter(row -> row.refused().isEmpty()))
        .isNotEmpty()
        .allSatisfy(
            row -> {
              // Two seeds are few: half the spread more on each side.
              double slack = (row.reference().max() - row.reference().min()) / 2;
              assertThat(row.ours().mean())
                  .isBetween(row.reference().min() - slack, row.reference().max() + slack);
            });
  }
}
