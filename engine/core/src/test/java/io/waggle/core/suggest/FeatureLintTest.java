package io.waggle.core.suggest;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.suggest.FeatureLint.Finding;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.LocalTimeFeature;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.QuantileFeature;
import io.waggle.v1.SessionAspect;
import io.waggle.v1.SessionFeature;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TimePart;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a surface file should say of its features. */
class FeatureLintTest {
  private static final FeatureConfig LENGTH =
      FeatureConfig.newBuilder()
          .setName("length")
          .setOwner("search team")
          .setDescription("Interactions in the session.")
          .setUnit("bucket")
          .setSession(SessionFeature.newBuilder().setAspect(SessionAspect.SESSION_ASPECT_LENGTH))
          .build();

  @Test
  void aFeatureThatSaysAllAndIsUsedIsGood() {
    assertThat(lint("--cb_explore_adf -q hi", LENGTH)).isEmpty();
  }

  @Test
  void ownerDescriptionAndUnitAreAskedFor() {
    FeatureConfig bare = LENGTH.toBuilder().clearOwner().setDescription("  ").clearUnit().build();

    assertThat(lint("--cb_explore_adf", bare))
        .extracting(Finding::field)
        .containsExactly("owner", "description", "unit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cb_explore_adf --ignore h",
        "--cb_explore_adf --ignore ah -q ai",
        "--cb_explore_adf --keep ai",
      })
  void aFeatureThatNoLearnerSeesIsFound(String arguments) {
    assertThat(lint(arguments, LENGTH))
        .containsExactly(
            new Finding("length", "namespace", "one that a policy of the surface learns from"));
  }

  @Test
  void aSensitiveFeatureNeedsNoLearner() {
    assertThat(lint("--cb_explore_adf --ignore h", LENGTH.toBuilder().setSensitive(true).build()))
        .isEmpty();
  }

  @Test
  void withoutALearnerNoFeatureIsUsed() {
    SurfaceConfig uniform =
        SurfaceConfig.newBuilder()
            .addPolicies(PolicyConfig.newBuilder().setUniform(UniformPolicy.getDefaultInstance()))
            .addFeatures(LENGTH)
            .build();

    assertThat(FeatureLint.of(uniform)).extracting(Finding::field).containsExactly("namespace");
  }

  @Test
  void whatTellsWhoSomebodyIsMustBeSensitive() {
    FeatureConfig age =
        LENGTH.toBuilder()
            .setName("typical_age")
            .setQuantile(QuantileFeature.newBuilder().setProperty("birth_year").addQuantiles(0.5))
            .build();

    assertThat(lint("--cb_explore_adf", age))
        .extracting(Finding::field)
        .containsExactly("sensitive");
    assertThat(lint("--cb_explore_adf", age.toBuilder().setSensitive(true).build())).isEmpty();
  }

  @Test
  void theSameDeclarationTwiceIsFound() {
    FeatureConfig again = LENGTH.toBuilder().setName("size").setDescription("Its size.").build();

    assertThat(lint("--cb_explore_adf", LENGTH, again))
        .containsExactly(new Finding("size", "name", "one declaration, as length says the same"));
  }

  @Test
  void aRequestsFeaturesHaveANamespaceOfTheirOwn() {
    FeatureConfig time =
        LENGTH.toBuilder()
            .setName("time")
            .setLocalTime(LocalTimeFeature.newBuilder().addParts(TimePart.TIME_PART_HOUR))
            .build();

    assertThat(lint("--cb_explore_adf --ignore h", time)).isEmpty();
    assertThat(lint("--cb_explore_adf --ignore r", time)).hasSize(1);
  }

  private static List<Finding> lint(String arguments, FeatureConfig... features) {
    return FeatureLint.of(
        SurfaceConfig.newBuilder()
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments)))
            .addAllFeatures(List.of(features))
            .build());
  }
}
