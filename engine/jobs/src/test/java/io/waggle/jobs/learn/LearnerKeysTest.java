package io.waggle.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearnerKeysTest {
  private static final int KEY_GROUPS = 128;

  @Test
  void oneLearnerHasTheSurfacesNameAsItsKey() {
    assertThat(keys(1).of("home", "d1")).isEqualTo("home");
    assertThat(keys(2).of("nowhere", "d1")).isEqualTo("nowhere");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 64})
  void eachOfSeveralLearnersHasASubtaskOfItsOwn(int learners) {
    List<Integer> subtasks =
        keys(learners).of("home").stream()
            .map(
                key ->
                    KeyGroupRangeAssignment.assignKeyToParallelOperator(key, KEY_GROUPS, learners))
            .toList();

    assertThat(subtasks).doesNotHaveDuplicates().hasSize(learners);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void decisionsAreSpreadEvenlyAndAlwaysTheSameWay(int learners) {
    Map<String, Long> counts =
        IntStream.range(0, 10_000)
            .mapToObj(i -> keys(learners).of("home", "decision-" + i))
            .collect(Collectors.groupingBy(key -> key, Collectors.counting()));

    assertThat(counts).hasSize(learners);
    assertThat(counts.values()).allMatch(count -> Math.abs(count - 10_000.0 / learners) < 300);
    assertThat(keys(learners).of("home", "d")).isEqualTo(keys(learners).of("home", "d"));
  }

  private static LearnerKeys keys(int learners) {
    return new LearnerKeys(
        new Surfaces(
            List.of(
                Surface.of(
                    TestSurfaces.config("home", "--cb_explore_adf").toBuilder()
                        .setLearners(learners)
                        .build()))),
        KEY_GROUPS);
  }
}
