package io.waggle.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.DecisionLogWriter;
import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetFormatTest {
  private static final LoggedDecision DECISION =
      new LoggedDecision(
          JoinedDecision.newBuilder()
              .setDecision(
                  Decision.newBuilder()
                      .setSurface("home")
                      .setDecisionId("d")
                      .setEventTimeMillis(1_000)
                      .addActions(Action.newBuilder().setId("a"))
                      .addOrder(0)
                      .setPropensity(1))
              .setReward(0.5)
              .setRewardCount(1)
              .build(),
          0.25);

  @TempDir Path directory;

  @Test
  void aFileIsKnownByItsEndingAndADirectoryByBeingOne() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("log/surface=home/hour=1970-01-01-00"));
    try (DecisionLogWriter log = LogFormats.create(folder.resolve("a.parquet"), null)) {
      log.write(DECISION);
    }

    for (Path path : new Path[] {folder.resolve("a.parquet"), directory.resolve("log")}) {
      try (DecisionLog log = LogFormats.open(path, null)) {
        assertThat(log.next()).isEqualTo(DECISION);
        assertThat(log.next()).isNull();
      }
    }
  }
}
