package io.waggle.benchmarks.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.benchmarks.loop.ProcessProfile;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.Shop;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small run of what {@code waggle bench sessions} measures at length. */
class SessionsRunITCase {
  @Test
  void bothJobsReadEveryInteractionOnceAndKeepStateOfAllUsers(@TempDir Path directory)
      throws Exception {
    // So many interactions that they do not all come out between two looks.
    SessionsRun.Plan plan = new SessionsRun.Plan(2_000, 2, 1, 2, 20_000, 64);

    List<Contender> both;
    try (SessionsRun run = new SessionsRun(plan, Shop.surface(), directory, new Progress())) {
      both = run.run();
    }

    assertThat(both).extracting(Contender::name).containsExactly("session job", "least job");
    for (Contender each : both) {
      assertThat(each.turns()).hasSize(2).allMatch(turn -> turn.perSecond() > 0);
      // At least the user's id and a time; what is not yet compacted comes on top.
      assertThat(each.stateBytes()).isGreaterThan(2_000L * 20);
      assertThat(each.profile())
          .extracting(ProcessProfile.Part::seconds)
          .allMatch(seconds -> seconds >= 0);
    }
  }
}
