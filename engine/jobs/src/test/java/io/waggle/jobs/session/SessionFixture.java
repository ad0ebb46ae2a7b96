package io.waggle.jobs.session;

import com.google.protobuf.Duration;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.Action;
import io.waggle.v1.Interaction;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PushConfig;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SessionConfig;
import io.waggle.v1.SessionEvent;
import io.waggle.v1.Signal;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.List;

/**
 * Three surfaces: {@code front} pushes rankings of a catalogue and logs them, {@code quiet} pushes
 * nothing, {@code unlogged} pushes without logging.
 */
public final class SessionFixture {
  public static final long START = 1_700_000_000_000L;
  public static final long DAY = 86_400_000;
  public static final String LEARNER = "--cb_explore_adf --epsilon 0.1 -q sa";

  private SessionFixture() {}

  public static Surfaces surfaces() {
    return new Surfaces(
        List.of(
            Surface.of(
                surface("front")
                    .setPush(PushConfig.newBuilder().setEnabled(true).setLogDecisions(true))
                    .addCatalogue(action("a"))
                    .addCatalogue(action("b"))
                    .addCatalogue(action("c"))
                    .build()),
            Surface.of(surface("quiet").build()),
            Surface.of(
                surface("unlogged")
                    .setPush(PushConfig.newBuilder().setEnabled(true))
                    .addCatalogue(action("a"))
                    .build())));
  }

  private static SurfaceConfig.Builder surface(String name) {
    return SurfaceConfig.newBuilder()
        .setName(name)
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("learned")
                .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(LEARNER)))
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("uniform")
                .setUniform(UniformPolicy.getDefaultInstance()))
        .setLivePolicy("learned")
        .setSession(
            SessionConfig.newBuilder()
                .setTimeToLive(Duration.newBuilder().setSeconds(10 * DAY / 1000)))
        .setReward(RewardConfig.getDefaultInstance());
  }

  public static Action action(String id) {
    return Action.newBuilder().setId(id).build();
  }

  public static Interaction click(String surface, String user, String id, long timeMillis) {
    return Interaction.newBuilder()
        .setInteractionId(id)
        .setSurface(surface)
        .setUserId(user)
        .setType("click")
        .setItemId("item-" + id)
        .setCategory("news")
        .setEventTimeMillis(timeMillis)
        .build();
  }

  public static RankRequest request(String surface, String user, String decisionId) {
    return RankRequest.newBuilder()
        .setDecisionId(decisionId)
        .setSurface(surface)
        .setUserId(user)
        .addActions(action("x"))
        .addActions(action("y"))
        .build();
  }

  public static Signal signal(String surface, String user, String name, long endedMillis) {
    return Signal.newBuilder()
        .setSignalId(name + "-" + endedMillis)
        .setSurface(surface)
        .setUserId(user)
        .setName(name)
        .setStartedMillis(endedMillis)
        .setEndedMillis(endedMillis)
        .build();
  }

  static String userId(SessionEvent event) {
    return event.hasSignal() ? event.getSignal().getUserId() : event.getRequest().getUserId();
  }
}
