package io.waggle.jobs.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.SurfaceCounts;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SurfaceCountersTest {
  private static final List<String> NAMES = List.of("folded", "late");

  @Test
  void countsOfSeveralSubtasksAddUpInTheOneThatRestoresThem() {
    SurfaceCounters first = counters();
    first.increment("front", "folded");
    first.increment("quiet", "late");
    SurfaceCounters second = counters();
    second.increment("front", "folded");
    List<SurfaceCounts> saved = new ArrayList<>(first.save());
    saved.addAll(second.save());

    SurfaceCounters restored = counters();
    restored.restore(saved);

    assertThat(restored.count("front", "folded")).isEqualTo(2);
    assertThat(restored.count("quiet", "late")).isEqualTo(1);
    assertThat(restored.count("quiet", "folded")).isZero();
  }

  @Test
  void countsOfASurfaceNoLongerConfiguredAreKept() {
    SurfaceCounts gone =
        SurfaceCounts.newBuilder().setSurface("gone").putCounts("folded", 7).build();
    SurfaceCounters restored = counters();

    restored.restore(List.of(gone));

    assertThat(restored.save())
        .filteredOn(entry -> entry.getSurface().equals("gone"))
        .allMatch(entry -> entry.getCountsOrThrow("folded") == 7)
        .hasSize(1);
  }

  @Test
  void unknownCountIsABug() {
    assertThatThrownBy(() -> counters().increment("front", "typo"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static SurfaceCounters counters() {
    return new SurfaceCounters(SessionFixture.surfaces(), NAMES);
  }
}
