package io.waggle.server.metric;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * One kind of delay: a Prometheus histogram for operators and exact percentiles since the start for
 * whoever asks the process itself. Any thread; memory is fixed.
 */
public final class Delays {
  private static final long LARGEST_MICROS = TimeUnit.HOURS.toMicros(1);

  private final Timer timer;
  private final Histogram micros = new ConcurrentHistogram(LARGEST_MICROS, 3);

  /**
   * What was seen since the start.
   *
   * @param count how many delays
   * @param p50Millis half are at most this long, milliseconds; 0 where there were none
   * @param p99Millis 99 of 100 are at most this long, milliseconds
   * @param maxMillis the longest, milliseconds; an hour stands for anything longer
   */
  public record Summary(long count, double p50Millis, double p99Millis, double maxMillis) {}

  Delays(MeterRegistry registry, String name, String description, Duration smallest) {
    this.timer =
        Timer.builder(name)
            .description(description)
            .publishPercentileHistogram()
            .minimumExpectedValue(smallest)
            .maximumExpectedValue(Duration.ofMinutes(1))
            .register(registry);
  }

  /** Records a delay; a negative one (clocks of two machines) counts as 0. */
  public void record(Duration delay) {
    long nanos = Math.max(0, delay.toNanos());
    timer.record(nanos, TimeUnit.NANOSECONDS);
    micros.recordValue(Math.min(LARGEST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos)));
  }

  /** What was seen since the start. */
  public Summary summary() {
    Histogram seen = micros.copy();
    return new Summary(
        seen.getTotalCount(),
        seen.getValueAtPercentile(50) / 1e3,
        seen.getValueAtPercentile(99) / 1e3,
        seen.getMaxValue() / 1e3);
  }
}
