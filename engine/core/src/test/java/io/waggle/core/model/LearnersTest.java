package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.waggle.core.feature.Example;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PopularityPolicy;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LearnersTest {
  private static final Example EXAMPLE =
      new Example(
          List.of(),
          List.of(),
          List.of(Action.newBuilder().setId("a").build(), Action.newBuilder().setId("b").build()),
          1_700_000_000_000L);

  @Test
  void argumentsTellTheKindAndAllSettings() {
    assertThat(
            Learners.arguments(
                PolicyConfig.newBuilder()
                    .setVowpalWabbit(
                        VowpalWabbitPolicy.newBuilder().setArguments("--cb_explore_adf"))
                    .build()))
        .contains("--cb_explore_adf");
    assertThat(Learners.arguments(popularity(PopularityPolicy.getDefaultInstance())))
        .contains("popularity half_life=PT1H");
    assertThat(
            Learners.arguments(
                popularity(
                    PopularityPolicy.newBuilder()
                        .setHalfLife(Duration.newBuilder().setSeconds(90).setNanos(500_000_000))
                        .build())))
        .contains("popularity half_life=PT1M30.5S");
    assertThat(
            Learners.arguments(
                PolicyConfig.newBuilder().setUniform(UniformPolicy.newBuilder()).build()))
        .isEmpty();
  }

  @Test
  void noCommandLineOfVowpalWabbitLooksLikePopularity() {
    assertThat(VowpalWabbitArguments.problem("popularity half_life=PT1H --cb_explore_adf"))
        .isEqualTo("an option in place of popularity");
  }

  @Test
  void eachKindGoesOnFromItsOwnBytesAndRefusesTheOthers() throws Exception {
    for (String arguments : List.of("--cb_explore_adf", "popularity half_life=PT10M")) {
      try (Learner learner = Learners.open(arguments, null, 1e-4)) {
        learner.learn(EXAMPLE, 1, -1, 0.5);
        try (Learner restored = Learners.open(arguments, learner.modelBytes(), 1e-4)) {
          assertThat(restored.predict(EXAMPLE).probabilities())
              .isEqualTo(learner.predict(EXAMPLE).probabilities());
        }
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Learners.open("popularity half_life=PT1H", new byte[20], 1e-4))
        .withMessageStartingWith("model: 20 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Learners.open("popularity half_life=soon", null, 1e-4))
        .withMessageStartingWith("arguments: popularity half_life=soon");
  }

  @Test
  void popularityIsServedLikeAnyModelAndBadBytesNeverReplaceIt() throws Exception {
    String arguments = "popularity half_life=PT1H";
    ServingModels models = new ServingModels();
    try (Learner learner = Learners.open(arguments, null, 1e-4)) {
      learner.learn(EXAMPLE, 0, 0, 0.5);
      learner.learn(EXAMPLE, 1, -1, 0.5);
      assertThat(models.apply(model(1, learner.modelBytes(), arguments))).isTrue();
      assertThat(models.apply(model(2, new byte[40], arguments))).isFalse();

      ServingModels.Served served =
          Objects.requireNonNull(models.predict("front-page", "popular", EXAMPLE));
      assertThat(served.version()).isEqualTo(1);
      assertThat(served.prediction().probabilities()).containsExactly(0, 1);
      assertThat(models.refused()).isEqualTo(1);
    }
  }

  private static ServableModel model(long version, byte[] bytes, String arguments) {
    return new ServableModel(
        "front-page", "popular", version, ByteString.copyFrom(bytes), arguments, 1, 1, 0, 0);
  }

  private static PolicyConfig popularity(PopularityPolicy policy) {
    return PolicyConfig.newBuilder().setPopularity(policy).build();
  }
}
