package io.waggle.core.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.Control;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TrafficShare;
import io.waggle.v1.UniformPolicy;
import org.junit.jupiter.api.Test;

class SurfaceControlTest {
  private static final String FILE =
      """
      name: home
      livePolicy: first
      policies:
        - name: first
          uniform: {}
      reward: {wait: 5s}
      alpha: 0.1
      explorationFloor: 0.3
      """;

  private final Surface file = Surface.of(SurfaceFiles.parse(FILE));

  @Test
  void policiesLivePolicyTrafficAndFloorAreTheRecords() {
    SurfaceConfig said =
        file.config().toBuilder()
            .addPolicies(uniform("second"))
            .setLivePolicy("second")
            .addTraffic(TrafficShare.newBuilder().setPolicy("first").setShare(0.5))
            .clearExplorationFloor()
            .build();

    Surface effective = SurfaceControl.effective(file, based(said));

    assertThat(effective.policies()).hasSize(2);
    assertThat(effective.livePolicy()).isEqualTo("second");
    assertThat(effective.traffic()).hasSize(1);
    assertThat(effective.explorationFloor()).isEqualTo(Surface.DEFAULT_EXPLORATION_FLOOR);
  }

  @Test
  void everythingElseIsTheFiles() {
    SurfaceConfig said =
        SurfaceConfig.newBuilder()
            .setName("home")
            .addPolicies(uniform("first"))
            .setLivePolicy("first")
            .setExplorationFloor(0.3)
            .setAlpha(0.9)
            .setMinPropensity(0.9)
            .build();

    assertThat(SurfaceControl.effective(file, based(said))).isEqualTo(file);
  }

  @Test
  void recordBasedOnAnotherFileDoesNotCount() {
    Control old =
        based(file.config()).toBuilder()
            .setFileFingerprint(
                SurfaceControl.fingerprint(file.config().toBuilder().setAlpha(0.2).build()))
            .build();

    assertThat(SurfaceControl.counts(file, old)).isFalse();
    assertThatThrownBy(() -> SurfaceControl.effective(file, old))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file_fingerprint");
  }

  @Test
  void recordOfAnotherSurfaceDoesNotCount() {
    SurfaceConfig other = file.config().toBuilder().setName("away").build();

    assertThat(SurfaceControl.counts(file, based(other))).isFalse();
    assertThat(SurfaceControl.counts(file, Control.getDefaultInstance())).isFalse();
  }

  @Test
  void recordThatBreaksARuleIsRefusedByField() {
    SurfaceConfig said = file.config().toBuilder().setLivePolicy("third").build();

    assertThatThrownBy(() -> SurfaceControl.effective(file, based(said)))
        .hasMessage("live_policy: third (expected: one of the policies)");
  }

  @Test
  void policyThatAnswersCannotBePaused() {
    SurfaceConfig.Builder live = file.config().toBuilder();
    live.getPoliciesBuilder(0).setPaused(true);
    SurfaceConfig.Builder share =
        file.config().toBuilder()
            .addPolicies(uniform("second").setPaused(true))
            .addTraffic(TrafficShare.newBuilder().setPolicy("second").setShare(0.5));

    assertThatThrownBy(() -> SurfaceControl.effective(file, based(live.build())))
        .hasMessage("live_policy: first (expected: not paused, since it answers requests)");
    assertThatThrownBy(() -> SurfaceControl.effective(file, based(share.build())))
        .hasMessage("traffic[0].policy: second (expected: not paused, since it answers requests)");
  }

  @Test
  void fingerprintIsOfWhatTheFileSaysAndNotOfHow() {
    String another = "alpha: 0.1 # first\n" + FILE.replace("alpha: 0.1\n", "");

    assertThat(SurfaceControl.fingerprint(SurfaceFiles.parse(another)))
        .isEqualTo(SurfaceControl.fingerprint(file.config()));
    assertThat(SurfaceControl.fingerprint(SurfaceFiles.parse(FILE.replace("5s", "6s"))))
        .isNotEqualTo(SurfaceControl.fingerprint(file.config()));
  }

  /** Files on disk and records in topics outlive the program: the figure must not change. */
  @Test
  void fingerprintNeverChanges() {
    assertThat(SurfaceControl.fingerprint(file.config())).isEqualTo(GOLDEN);
  }

  private static final long GOLDEN = 4608984076041885604L;

  private Control based(SurfaceConfig said) {
    return Control.newBuilder()
        .setSurface(said)
        .setFileFingerprint(SurfaceControl.fingerprint(file.config()))
        .build();
  }

  private static PolicyConfig.Builder uniform(String name) {
    return PolicyConfig.newBuilder().setName(name).setUniform(UniformPolicy.getDefaultInstance());
  }
}
