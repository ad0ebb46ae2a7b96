package io.waggle.benchmarks.interactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.app.demo.Demo;
import io.waggle.benchmarks.loop.Progress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small run of what {@code waggle bench interactions} measures at length. */
class InteractionsRunITCase {
  @Test
  void everyInteractionIsSeenAndEveryRequestAnswered(@TempDir Path directory) throws Exception {
    List<InteractionsRun.Seen> all;
    try (InteractionsRun run = new InteractionsRun(Demo.surfaces(), directory, new Progress())) {
      all = run.measure(20, 2, 2);
    }

    assertThat(all)
        .extracting(InteractionsRun.Seen::way)
        .containsExactly(InteractionsRun.Way.values());
    assertThat(all).allMatch(seen -> seen.failed() == 0 && seen.delays().getTotalCount() == 80);
    // Nothing is seen before it has been through the topics.
    assertThat(all).allMatch(seen -> seen.delays().getMinValue() > 50_000);
  }
}
