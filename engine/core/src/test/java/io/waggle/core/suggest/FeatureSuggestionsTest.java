package io.waggle.core.suggest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.surface.Surface;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a log speaks for, and what it does not. */
class FeatureSuggestionsTest {
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;

  @Test
  void anEmptyLogSuggestsNothing() {
    assertThat(features(new InteractionProfile())).isEmpty();
  }

  @Test
  void aShopsLogSuggestsWhatItHasTheDataFor() {
    List<FeatureConfig> features = FeatureSuggestions.of(shop(7), "shop team").features();

    assertThat(features)
        .extracting(FeatureConfig::getName)
        .contains(
            "session_length",
            "recent_view",
            "since_cart",
            "rate_cart_per_view",
            "item_rate_cart_per_view",
            "last_items",
            "taste",
            "taste_device",
            "typical_price",
            "sum_price",
            "local");
    assertThat(features).allSatisfy(each -> assertThat(each.getOwner()).isEqualTo("shop team"));
    assertThat(features)
        .allSatisfy(each -> assertThat(each.getDescription()).isNotBlank())
        .allSatisfy(each -> assertThat(each.getUnit()).isNotBlank());
  }

  @Test
  void aRateStartsFromWhatTheLogShows() {
    FeatureConfig rate = named(features(shop(7)), "rate_cart_per_view");

    assertThat(rate.getRate().getPrior()).isCloseTo(0.25, within(0.03));
    assertThat(rate.getRate().getOf().getTypesList()).containsExactly("cart");
    assertThat(rate.getRate().getPer().getTypesList()).containsExactly("view");
  }

  @Test
  void aNumberIsScaledByWhatTheLogShows() {
    FeatureConfig price = named(features(shop(7)), "typical_price");

    assertThat(price.getQuantile().getForm().getScaled().getMean()).isCloseTo(50, within(3.0));
    assertThat(price.getQuantile().getForm().getScaled().getDeviation())
        .isCloseTo(100 / Math.sqrt(12), within(3.0));
  }

  @Test
  void windowsAreNoLongerThanTheLog() {
    InteractionProfile twoDays = new InteractionProfile();
    twoDays.add(view(START));
    twoDays.add(view(START + 48 * HOUR));

    assertThat(named(features(twoDays), "recent_view").getWindow().getWindowsList())
        .extracting(window -> window.getSeconds())
        .containsExactly(3_600L, 86_400L);
  }

  @Test
  void whatTellsWhoSomebodyIsIsSensitive() {
    InteractionProfile profile = new InteractionProfile();
    for (int i = 0; i < 100; i++) {
      profile.add(
          view(START + i).toBuilder()
              .addProperties(text("email_domain", i % 2 == 0 ? "a" : "b"))
              .addProperties(text("shipping", i % 2 == 0 ? "fast" : "slow"))
              .build());
    }

    List<FeatureConfig> features = features(profile);

    assertThat(named(features, "taste_email_domain").getSensitive()).isTrue();
    assertThat(named(features, "taste_shipping").getSensitive()).isFalse();
  }

  @Test
  void idsAndConstantsAreNoTastes() {
    InteractionProfile profile = new InteractionProfile();
    for (int i = 0; i < 2_000; i++) {
      profile.add(
          view(START + i).toBuilder()
              .addProperties(text("order", "o" + i))
              .addProperties(text("shop", "the only one"))
              .build());
    }

    assertThat(features(profile))
        .extracting(FeatureConfig::getName)
        .noneMatch(name -> name.startsWith("taste"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whateverTheNamesTheyStayFewAndTheirOwn(long seed) {
    Random random = new Random(seed);
    InteractionProfile profile = new InteractionProfile();
    for (int i = 0; i < 3_000; i++) {
      Interaction.Builder one =
          view(START + i * HOUR / 10).toBuilder().setType(odd(random)).setItemId(odd(random));
      for (int p = 0; p < 8; p++) {
        one.addProperties(
            random.nextBoolean()
                ? text(odd(random), odd(random))
                : number(odd(random), random.nextGaussian() * 1e5));
      }
      profile.add(one.build());
    }

    List<FeatureConfig> features = features(profile);

    assertThat(features).hasSizeLessThanOrEqualTo(64);
    assertThat(features).extracting(FeatureConfig::getName).doesNotHaveDuplicates();
    assertThat(features)
        .allSatisfy(each -> assertThat(each.getName()).matches("[a-zA-Z][a-zA-Z0-9_]{0,63}"));
    assertThatCode(() -> surface(features)).as("seed %d", seed).doesNotThrowAnyException();
  }

  /** The more a log has, the more has to fit: the surface must take the file as it is. */
  @Test
  void whatAFullLogSuggestsIsASurfacesAndTheRestIsNamed() {
    Random random = new Random(5);
    InteractionProfile profile = new InteractionProfile();
    for (int i = 0; i < 2_000; i++) {
      Interaction.Builder one =
          view(START + i * HOUR / 2).toBuilder()
              .setType("type" + random.nextInt(8))
              .setItemId("item" + random.nextInt(100))
              .setCategory("category" + random.nextInt(10))
              .setDecisionId("decision" + i);
      for (int p = 0; p < 8; p++) {
        one.addProperties(number("number" + p, 1e5 * random.nextDouble()));
        one.addProperties(text("text" + p, "value" + random.nextInt(5)));
      }
      profile.add(one.build());
    }

    FeatureSuggestions.Suggested suggested = FeatureSuggestions.of(profile, "team");

    assertThatCode(() -> surface(suggested.features())).doesNotThrowAnyException();
    assertThat(suggested.features())
        .extracting(FeatureConfig::getName)
        .contains("typical_number0", "taste_text0", "typical_number1", "taste_text1", "local");
    assertThat(suggested.leftOut()).isNotEmpty().contains("typical_number5", "taste_text5");
  }

  private static Surface surface(List<FeatureConfig> features) {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName("shop")
            .setLivePolicy("uniform")
            .setReward(RewardConfig.getDefaultInstance())
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("uniform")
                    .setUniform(UniformPolicy.getDefaultInstance()))
            .addAllFeatures(features)
            .build());
  }

  private static List<FeatureConfig> features(InteractionProfile profile) {
    return FeatureSuggestions.of(profile, "team").features();
  }

  private static String odd(Random random) {
    String letters = "aAé-. _1";
    StringBuilder name = new StringBuilder();
    for (int i = 0; i <= random.nextInt(3); i++) {
      name.append(letters.charAt(random.nextInt(letters.length())));
    }
    return name.toString();
  }

  private static InteractionProfile shop(long seed) {
    Random random = new Random(seed);
    InteractionProfile profile = new InteractionProfile();
    for (int i = 0; i < 5_000; i++) {
      profile.add(
          view(START + i * HOUR / 10).toBuilder()
              .setType(random.nextInt(5) == 0 ? "cart" : "view")
              .setItemId("item-" + random.nextInt(100))
              .setCategory("category-" + random.nextInt(10))
              .addProperties(text("device", random.nextBoolean() ? "phone" : "desk"))
              .addProperties(number("price", 100 * random.nextDouble()))
              .build());
    }
    return profile;
  }

  private static FeatureConfig named(List<FeatureConfig> features, String name) {
    return features.stream().filter(each -> each.getName().equals(name)).findFirst().orElseThrow();
  }

  private static Interaction view(long timeMillis) {
    return Interaction.newBuilder()
        .setSurface("shop")
        .setUserId("user")
        .setType("view")
        .setEventTimeMillis(timeMillis)
        .build();
  }

  private static Feature text(String name, String value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(value))
        .build();
  }

  private static Feature number(String name, double value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setNumber(value))
        .build();
  }
}
