package io.waggle.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.declared.ItemSource;
import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.Ranker;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.wire.RequestChecks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final Surface SLOTS =
      Surface.of(
          SurfaceFiles.parse(
              """
              name: shelf
              livePolicy: uniform
              multiSlot: true
              reward: {}
              policies: [{name: uniform, uniform: {}}]
              catalogue: [{id: a}, {id: b}, {id: c}]
              """));

  private final MessageRules rules = new MessageRules();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final Set<String> ranked = ConcurrentHashMap.newKeySet();

  @Test
  void ranksEverySurfaceForItsTimeAndIsOver() {
    try (WarmUp warmUp = warmUp(Duration.ofMillis(200))) {
      assertThat(warmUp.missing())
          .singleElement()
          .asString()
          .matches("warm-up: \\d+ rankings so far, takes 0\\.2 s");
      ServiceUnderTest.await(() -> warmUp.missing().isEmpty());
    }

    assertThat(ranked).containsExactlyInAnyOrder("front-page", "shelf");
    assertThat(asked).containsExactly(SyntheticRequests.USER);
  }

  @Test
  void withoutTimeThereIsNothingToWaitFor() {
    try (WarmUp warmUp = warmUp(Duration.ZERO)) {
      assertThat(warmUp.missing()).isEmpty();
    }

    assertThat(asked).isEmpty();
  }

  @Test
  void closingEndsIt() {
    WarmUp warmUp = warmUp(Duration.ofMinutes(5));
    assertThat(warmUp.missing()).isNotEmpty();

    warmUp.close();

    assertThat(warmUp.missing()).isEmpty();
  }

  @Test
  void itsRequestsBreakNoRule() {
    for (Surface surface : List.of(ServiceUnderTest.SURFACE, SLOTS)) {
      assertThat(rules.check(SyntheticRequests.of(surface))).isEmpty();
      assertThat(SyntheticRequests.session(surface, ServiceUnderTest.NOW).getLength())
          .isEqualTo(20);
    }
  }

  private WarmUp warmUp(Duration lasts) {
    Surfaces surfaces = new Surfaces(List.of(ServiceUnderTest.SURFACE, SLOTS));
    RequestChecks checks =
        new RequestChecks(
            rules::check,
            () -> surfaces,
            InstantSource.system(),
            Duration.ofMinutes(5),
            Duration.ofDays(7));
    return new WarmUp(
        () -> surfaces,
        checks,
        userId -> {
          asked.add(userId);
          return null;
        },
        (surface, input) -> {
          ranked.add(surface.name());
          return new Ranker(new ServingModels(), ItemSource.NONE).rank(surface, input);
        },
        InstantSource.system(),
        lasts);
  }
}
