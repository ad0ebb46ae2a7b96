package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyState;
import io.waggle.v1.PopularityPolicy;
import io.waggle.v1.SurfaceConfig;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The popularity policy in the learning job: learned, evaluated, published, restored. */
class PopularityLearningTest {
  private static final String POPULAR = "popular";
  private final Surfaces home = popular(Duration.newBuilder().setSeconds(60).build());

  @Test
  void itIsPublishedWithArgumentsThatOpenItAndEvaluatedAsItWouldBeServed() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, Learners::open)) {
      learn.feed(joined("home", "d1", 1, 1));
      learn.feed(joined("home", "d2", 0, 0));
      learn.clock(1);
      learn.clock(60_000);

      ModelSnapshot model =
          learn.models().stream()
              .filter(part -> part.getPolicy().equals(POPULAR))
              .findFirst()
              .orElseThrow();
      assertThat(model.getArguments()).isEqualTo("popularity half_life=PT1M");
      try (Learner served =
          Learners.open(model.getArguments(), model.getData().toByteArray(), 1e-4)) {
        assertThat(served.modelBytes()).isEqualTo(model.getData().toByteArray());
      }
      assertThat(learn.evaluation(POPULAR).getEventsLearned()).isEqualTo(2);
      assertThat(learn.evaluation(POPULAR).getCount()).isEqualTo(2);
      assertThat(learn.deadLetters()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void restartsChangeNoByteOfIt(long seed) throws Exception {
    assertThat(run(home, seed, true)).isEqualTo(run(home, seed, false));
  }

  @Test
  void anotherHalfLifeStartsAnew() throws Exception {
    LearnSubtask learn = new LearnSubtask(home, Learners::open);
    learn.feed(joined("home", "d1", 1, 1));
    try (LearnSubtask changed =
        learn.restarted(popular(Duration.newBuilder().setSeconds(61).build()))) {
      assertThat(popularState(changed).getEventsLearned()).isZero();
    }
  }

  private static ByteString run(Surfaces surfaces, long seed, boolean restarts) throws Exception {
    Random random = new Random(seed);
    LearnSubtask learn = new LearnSubtask(surfaces, Learners::open);
    try {
      for (int event = 0; event < 100; event++) {
        JoinedDecision joined =
            joined("home", "d" + event, random.nextInt(3), random.nextInt(3) - 1);
        learn.feed(joined);
        if (random.nextInt(10) == 0 && restarts) {
          learn = learn.restarted();
        }
      }
      return popularState(learn).getModel();
    } finally {
      learn.close();
    }
  }

  private static PolicyState popularState(LearnSubtask learn) {
    List<PolicyState> states = learn.policyStates();
    return states.stream()
        .filter(state -> state.getPolicy().equals(POPULAR))
        .findFirst()
        .orElseThrow();
  }

  private static Surfaces popular(Duration halfLife) {
    SurfaceConfig config =
        TestSurfaces.config("home", TestSurfaces.ARGUMENTS).toBuilder()
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName(POPULAR)
                    .setPopularity(PopularityPolicy.newBuilder().setHalfLife(halfLife)))
            .build();
    return new Surfaces(List.of(Surface.of(config)));
  }
}
