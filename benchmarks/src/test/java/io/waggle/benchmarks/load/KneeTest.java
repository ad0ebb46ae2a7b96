package io.waggle.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class KneeTest {
  @Test
  void liesBeforeTheMedianLeavesTheSmallestSoFar() {
    List<Point> points =
        List.of(point(100, 0.6, 0), point(200, 0.4, 0), point(400, 1.1, 0), point(800, 1.3, 0));

    assertThat(Knee.of(points)).isEqualTo(new Knee(400, true));
  }

  @Test
  void liesBeforeCallsAreLost() {
    List<Point> points = List.of(point(100, 0.5, 0), point(200, 0.5, 3));

    assertThat(Knee.of(points)).isEqualTo(new Knee(100, true));
  }

  @Test
  void isNotReachedWhereEveryRateIsBorne() {
    Knee knee = Knee.of(List.of(point(100, 0.5, 0), point(200, 0.6, 0)));

    assertThat(knee).isEqualTo(new Knee(200, false)).hasToString("above 200");
  }

  @Test
  void isZeroWhereNothingIsAnswered() {
    Turn.Seen nothing = new Turn.Seen(new Histogram(3), 10, 0, "refused");

    assertThat(Knee.of(List.of(new Point(Way.GRPC, 100, List.of(nothing)))))
        .isEqualTo(new Knee(0, true));
  }

  /** 100 calls that all took so long. */
  private static Point point(int rate, double millis, long shed) {
    Histogram latency = new Histogram(3);
    latency.recordValueWithCount((long) (millis * 1e6), 100);
    return new Point(Way.GRPC, rate, List.of(new Turn.Seen(latency, 0, shed, null)));
  }
}
