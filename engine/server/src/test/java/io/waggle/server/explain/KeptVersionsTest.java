package io.waggle.server.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.state.model.ModelVersions;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.RegisteredModel;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KeptVersionsTest {
  private static final long NOW = 1_700_000_000_000L;

  @Test
  void theNeighboursSayHowFarTheVersionCanHaveBeenFromThem() {
    assertThat(KeptVersions.around(at(4_200), kept(0, 1_000, 14_000)))
        .isEqualTo(
            "not among the 3 versions that the registry keeps: before it %d of 10 decisions (3.2 s"
                    .formatted(at(1_000))
                + " earlier), after it %d of 140 decisions (9.8 s later)".formatted(at(14_000)));
  }

  @Test
  void atTheEndsThereIsOneNeighbourAlone() {
    assertThat(KeptVersions.around(at(500), kept(1_000)))
        .isEqualTo(
            "not among the 1 versions that the registry keeps: none before it, after it %d of 10"
                    .formatted(at(1_000))
                + " decisions (0.5 s later)");
    assertThat(KeptVersions.around(at(3_000), kept(1_000)))
        .endsWith(
            ": before it %d of 10 decisions (2.0 s earlier), none after it".formatted(at(1_000)));
  }

  @Test
  void ofAPolicyThatIsNotThereNothingIsKept() {
    assertThat(KeptVersions.around(at(1), List.of()))
        .isEqualTo("the registry keeps no version of it");
  }

  private static long at(long millis) {
    return ModelVersions.at(2, NOW + millis);
  }

  private static List<RegisteredModel> kept(long... millis) {
    return LongStream.of(millis)
        .mapToObj(
            each ->
                RegisteredModel.newBuilder()
                    .setLineage(
                        ModelLineage.newBuilder().setVersion(at(each)).setEventsLearned(each / 100))
                    .build())
        .toList();
  }
}
