package io.waggle.benchmarks.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.Shop;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small run of what {@code waggle bench users} measures at length. */
class UsersRunITCase {
  @Test
  void memoryStaysWithinItsBoundCheckpointsFollowTheChangeAndARestoreLosesNobody(
      @TempDir Path directory) throws Exception {
    UsersRun.Plan plan = new UsersRun.Plan(20_000, 2, 2, 64, List.of(0.001, 0.5), 1);

    UsersRun.Result result;
    try (UsersRun run = new UsersRun(plan, Shop.surface(), directory, new Progress())) {
      result = run.run();
    }

    assertThat(result.asked()).isEqualTo(1_000);
    assertThat(result.wrong()).isZero();
    assertThat(result.first().bytes()).isGreaterThan(20_000L * 20);
    // A timer and a session of each.
    assertThat(result.filled().keys()).isGreaterThanOrEqualTo(20_000);
    assertThat(result.filled().cacheCapacity()).isPositive().isLessThanOrEqualTo(64L << 20);
    assertThat(result.filled().cacheBytes()).isPositive();
    assertThat(result.changes()).extracting(UsersRun.Change::users).containsExactly(20L, 10_000L);
    assertThat(result.changes().get(0).checkpoint().newBytes())
        .isLessThan(result.changes().get(1).checkpoint().newBytes() / 4);
  }
}
