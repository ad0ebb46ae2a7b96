package io.waggle.server.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentExamplesTest {
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
  private final RecentExamples examples = new RecentExamples(clock);

  @Test
  void theNewestComeFirstAndSurfacesDoNotMix() {
    examples.offer(decision("front", "a"));
    examples.offer(decision("front", "b"));
    examples.offer(decision("back", "c"));

    assertThat(examples.of("front"))
        .extracting(RecentExamplesTest::action)
        .containsExactly("b", "a");
    assertThat(examples.of("nowhere")).isEmpty();
  }

  @Test
  void atTheBoundTheOldestGoAndOneASecondComes() {
    for (int i = 0; i < 1_000; i++) {
      examples.offer(decision("front", "a" + i));
    }
    assertThat(examples.of("front")).hasSize(RecentExamples.EXAMPLES_BOUND);
    assertThat(action(examples.of("front").get(0))).isEqualTo("a200");

    now.addAndGet(1_000);
    examples.offer(decision("front", "later"));
    examples.offer(decision("front", "too soon"));

    assertThat(examples.of("front")).hasSize(RecentExamples.EXAMPLES_BOUND);
    assertThat(action(examples.of("front").get(0))).isEqualTo("later");
  }

  @Test
  void bytesAndSurfacesAreBounded() {
    String big = "x".repeat(RecentExamples.BYTES_BOUND / 10);
    for (int i = 0; i < 50; i++) {
      examples.offer(decision("front", i + big));
      now.addAndGet(1_000);
    }
    assertThat(examples.of("front").size()).isBetween(8, 10);
    examples.offer(decision("front", "y".repeat(RecentExamples.BYTES_BOUND)));
    assertThat(action(examples.of("front").get(0))).endsWith("x");

    for (int i = 0; i < 2 * RecentExamples.SURFACES_BOUND; i++) {
      examples.offer(decision("s" + i, "a"));
    }
    assertThat(examples.of("s0")).hasSize(1);
    assertThat(examples.of("s" + RecentExamples.SURFACES_BOUND)).isEmpty();
  }

  private static String action(Example example) {
    return example.actions().get(0).getId();
  }

  private static Decision decision(String surface, String action) {
    return Decision.newBuilder()
        .setSurface(surface)
        .setUserId("ann")
        .addActions(Action.newBuilder().setId(action))
        .build();
  }
}
