package io.waggle.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.benchmarks.loop.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small run of what {@code waggle bench} measures at length. */
class LoadRunITCase {
  private static final List<Way> WAYS =
      List.of(
          Way.GRPC,
          Way.NO_OP,
          Way.JSON,
          Way.JSON_NO_OP,
          Way.GRPC_JAVA,
          Way.GRPC_JAVA_NO_OP,
          Way.IN_PROCESS,
          Way.VW_TEXT);

  @Test
  void everyWayAnswersEveryCall(@TempDir Path directory) throws Exception {
    Plan plan = new Plan(WAYS, List.of(20), 1, 1, 0, 60, 1, 64, 10, 5);
    Map<Way, List<Point>> points;
    try (Callers callers = Callers.here(plan, directory, new Progress())) {
      points = new LoadRun(plan, callers, new Progress()).run();
    }

    assertThat(points).containsOnlyKeys(WAYS);
    assertThat(points.values())
        .allSatisfy(
            ofWay -> {
              Turn.Seen seen = ofWay.get(0).together();
              assertThat(seen.firstFailure()).isNull();
              assertThat(seen.answered()).isEqualTo(20);
            });
    LoadReport report = new LoadReport(points);
    assertThat(report.anything()).isTrue();
    assertThat(report.ratios())
        .extracting(LoadReport.Ratio::way)
        .containsExactly(Way.GRPC, Way.JSON, Way.GRPC_JAVA);
    assertThat(LatencyChart.of("small", points)).contains("grpc-java-no-op", "</svg>");
  }
}
