package io.waggle.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.v1.Control;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FollowedSurfacesTest {
  private static final SurfaceConfig FILE = surface("live");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FollowedSurfaces surfaces =
      new FollowedSurfaces(new Surfaces(List.of(Surface.of(FILE))), new ServerMetrics(meters));

  @Test
  void theNewestRecordInTheLogHolds() {
    surfaces.follow(control(100, 0, "live", "one"), 5);
    surfaces.follow(control(90, 0, "live", "two"), 6);

    assertThat(policies()).containsExactly("live", "two");
  }

  @Test
  void anOwnWriteIsNotUndoneByAnOlderRecordReadAfterIt() {
    surfaces.follow(control(200, 100, "live", "ours"), 9);
    surfaces.follow(control(100, 0, "live", "theirs"), 8);

    assertThat(policies()).containsExactly("live", "ours");
    assertThat(undone()).isZero();
  }

  @Test
  void aChangeThatDidNotKnowTheOneBeforeIsCounted() {
    surfaces.follow(control(100, 0, "live", "one"), 5);
    surfaces.follow(control(101, 0, "live", "two"), 6);
    surfaces.follow(control(102, 101, "live", "two", "three"), 7);

    assertThat(policies()).containsExactly("live", "two", "three");
    assertThat(undone()).isEqualTo(1);
  }

  @Test
  void aRecordOfAnotherFileChangesNothing() {
    surfaces.follow(control(100, 0, "live", "one"), 5);
    surfaces.follow(control(101, 0, "live", "two").toBuilder().setFileFingerprint(1).build(), 6);

    assertThat(policies()).containsExactly("live", "one");
  }

  @Test
  void aRecordThatBreaksARuleIsCountedAndNotFollowed() {
    surfaces.follow(control(100, 0, "live", "one"), 5);
    surfaces.follow(control(101, 100, "live", "two", "two"), 6);

    assertThat(policies()).containsExactly("live", "one");
    assertThat(meters.counter("waggle.control.refused").count()).isEqualTo(1);
  }

  @Test
  void afterADeletedRecordTheFileHolds() {
    surfaces.follow(control(100, 0, "live", "one"), 5);
    surfaces.forget("front", 6);

    assertThat(policies()).containsExactly("live");
    assertThat(surfaces.newest("front")).isNull();
  }

  @Test
  void aLogThatBeginsAnewHoldsWithItsFirstRecord() {
    surfaces.follow(control(100, 0, "live", "one"), 5);
    surfaces.reset();
    assertThat(policies()).containsExactly("live", "one");

    surfaces.follow(control(200, 100, "live", "two"), 0);

    assertThat(policies()).containsExactly("live", "two");
  }

  @Test
  void listenersHearOfTheBeginningAndOfEachChangeOnce() {
    List<Integer> heard = new ArrayList<>();
    surfaces.onChange(now -> heard.add(now.all().get(0).policies().size()));

    Control change = control(100, 0, "live", "one");
    surfaces.follow(change, 5);
    surfaces.follow(change, 5);

    assertThat(heard).containsExactly(1, 2);
  }

  private List<String> policies() {
    return Objects.requireNonNull(surfaces.get().find("front")).policies().stream()
        .map(PolicyConfig::getName)
        .toList();
  }

  private double undone() {
    return meters.counter("waggle.control.undone").count();
  }

  private static Control control(long created, long basedOn, String... policies) {
    return Control.newBuilder()
        .setCreatedMillis(created)
        .setBasedOnMillis(basedOn)
        .setFileFingerprint(SurfaceControl.fingerprint(FILE))
        .setSurface(surface(policies))
        .build();
  }

  private static SurfaceConfig surface(String... policies) {
    SurfaceConfig.Builder surface =
        SurfaceConfig.newBuilder()
            .setName("front")
            .setLivePolicy("live")
            .setReward(RewardConfig.getDefaultInstance());
    for (String policy : policies) {
      surface.addPolicies(
          PolicyConfig.newBuilder().setName(policy).setUniform(UniformPolicy.getDefaultInstance()));
    }
    return surface.build();
  }
}
