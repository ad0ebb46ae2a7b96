package io.waggle.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.benchmarks.loop.Progress;
import io.waggle.server.ServerSettings.Turnover;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small run of what {@code waggle bench} measures at length. */
class LoadRunITCase {
  private static final List<Way> WAYS =
      List.of(
          Way.GRPC,
          Way.GRPC_NEW,
          Way.NO_OP,
          Way.JSON,
          Way.JSON_NO_OP,
          Way.GRPC_JAVA,
          Way.GRPC_JAVA_NO_OP,
          Way.IN_PROCESS,
          Way.VW_TEXT);

  private static final Plan PLAN = new Plan(WAYS, List.of(20), 1, 1, 0, 60, 1, 64, 10, 5);

  @TempDir static Path shared;
  private static LoadedBroker broker;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    broker = new LoadedBroker(PLAN, shared, false, new Progress());
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
  }

  @Test
  void everyWayAnswersEveryCall() throws Exception {
    Map<Way, List<Point>> points;
    try (Callers callers = Callers.over(broker, PLAN, directory, new Progress())) {
      points = new LoadRun(PLAN, callers, new Progress()).run();
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
        .containsExactly(Way.GRPC, Way.GRPC_NEW, Way.JSON, Way.GRPC_JAVA);
    assertThat(LatencyChart.of("small", points)).contains("grpc-java-no-op", "</svg>");
  }

  @Test
  void noCallFailsWhileTwoReplicasAreRestarted() throws Exception {
    Turnover turnover = new Turnover(Duration.ofMillis(300), Duration.ofMillis(500));
    try (RollingRestart restart =
        new RollingRestart(broker, PLAN, directory, turnover, new Progress())) {
      RollingRestart.Seen seen = restart.run(50, true);

      Turn.Seen calls = seen.calls().together();
      assertThat(calls.firstFailure()).isNull();
      assertThat(calls.failed() + calls.shed()).isZero();
      assertThat(calls.answered()).isEqualTo(50L * seen.calls().turns().size());
      assertThat(seen.seconds()).isGreaterThan(1.6);
    }
  }
}
