package io.waggle.benchmarks.interactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.benchmarks.loop.OpenLoop;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  @Test
  void delaysCountFromWhenItWasDueAndNotFromWhenItWasSent() {
    Arrivals arrivals = new Arrivals();

    arrivals.sent("late", System.nanoTime() - TimeUnit.SECONDS.toNanos(2));
    arrivals.arrived("late");

    assertThat(arrivals.delays().getTotalCount()).isEqualTo(1);
    assertThat(arrivals.delays().getMinValue()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1_990));
  }

  @Test
  void eachArrivesOnceAndWhatNeverDoesHasFailed() throws Exception {
    Arrivals arrivals = new Arrivals();

    arrivals.sent("a", System.nanoTime());
    arrivals.sent("b", System.nanoTime());
    arrivals.arrived("a");
    arrivals.arrived("a");
    arrivals.arrived("unknown");
    arrivals.refused("nobody waits for it");
    arrivals.finish(0);

    assertThat(arrivals.delays().getTotalCount()).isEqualTo(1);
    assertThat(arrivals.failures()).isEqualTo(2);
  }

  @Test
  void aSenderThatStandsStillSendsTheRestAtOnceWithTheTimesAtWhichItWasDue() throws Exception {
    AtomicLong last = new AtomicLong();
    long start = System.nanoTime();

    OpenLoop.run(
        100,
        1,
        (number, dueNanos) -> {
          if (number == 0) {
            Thread.sleep(500);
          }
          last.set(dueNanos);
        });

    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(1_900));
    assertThat(last.get() - start)
        .isBetween(TimeUnit.MILLISECONDS.toNanos(980), TimeUnit.MILLISECONDS.toNanos(1_200));
  }
}
