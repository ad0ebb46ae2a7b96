package io.waggle.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelLineage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionPaceTest {
  private static final long START = 1_700_000_000_000L;

  private final List<Long> kept = new ArrayList<>();
  private final VersionPace pace = new VersionPace(Duration.ofSeconds(10));

  @Test
  void theFirstVersionGoesAtOnceAndThenTheNewestOfEachStretch() {
    publish("live", 1, 0);
    publish("live", 2, 500);
    publish("live", 3, 9_999);
    assertThat(kept).containsExactly(1L);
    assertThat(pace.dueMillis("front")).isEqualTo(START + 10_000);

    pace.run("front", START + 9_999, this::keep);
    assertThat(kept).hasSize(1);
    pace.run("front", START + 10_000, this::keep);

    assertThat(kept).containsExactly(1L, 3L);
    assertThat(pace.dueMillis("front")).isEqualTo(Long.MAX_VALUE);
    pace.run("front", START + 60_000, this::keep);
    assertThat(kept).hasSize(2);
  }

  @Test
  void policiesHavePacesOfTheirOwn() {
    publish("live", 1, 0);
    publish("candidate", 2, 1);

    assertThat(kept).containsExactly(1L, 2L);
  }

  @Test
  void aVersionWithACauseOfItsOwnGoesAtOnce() {
    publish("live", 1, 0);
    pace.published(model("live", 2, ModelCause.MODEL_CAUSE_ROLLED_BACK), START + 1, this::keep);

    assertThat(kept).containsExactly(1L, 2L);
  }

  @Test
  void atTheEndWhatWaitsGoes() {
    publish("live", 1, 0);
    publish("live", 2, 1);
    pace.runLast("back", START + 2, this::keep);
    assertThat(kept).containsExactly(1L);

    pace.runLast("front", START + 2, this::keep);

    assertThat(kept).containsExactly(1L, 2L);
  }

  @Test
  void withoutARegistryNothingGoesAndNothingIsDue() {
    VersionPace none = new VersionPace(null);
    none.published(model("live", 1, ModelCause.MODEL_CAUSE_ROLLED_BACK), START, this::keep);
    none.runLast("front", START, this::keep);

    assertThat(kept).isEmpty();
    assertThat(none.dueMillis("front")).isEqualTo(Long.MAX_VALUE);
  }

  private void publish(String policy, long version, long afterStartMillis) {
    pace.published(
        model(policy, version, ModelCause.MODEL_CAUSE_UNSPECIFIED),
        START + afterStartMillis,
        this::keep);
  }

  private void keep(ServableModel model) {
    kept.add(model.version());
  }

  private static ServableModel model(String policy, long version, ModelCause cause) {
    return new ServableModel(
        "front",
        policy,
        version,
        ByteString.EMPTY,
        "",
        1,
        version,
        0,
        0,
        ModelLineage.newBuilder().setCause(cause).build());
  }
}
