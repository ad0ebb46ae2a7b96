package io.waggle.state.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.DerivedRewardRule;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DerivationSettingsTest {
  private final DerivationSettings settings =
      new DerivationSettings(
          List.of(
              rule("click", 0.2), rule("dismiss", -0.5), dwellOver(60, 0.3), dwellOver(30, 0.1)),
          1,
          false);

  @Test
  void interactionTakesTheFirstRuleThatFits() {
    assertThat(settings.valueOf(interaction("click"))).hasValue(0.2);
    assertThat(settings.valueOf(interaction("dismiss"))).hasValue(-0.5);
    assertThat(settings.valueOf(dwell(61))).hasValue(0.3);
    assertThat(settings.valueOf(dwell(60))).hasValue(0.1);
  }

  @Test
  void interactionThatNoRuleFitsIsWorthNothing() {
    assertThat(settings.valueOf(interaction("view"))).isEmpty();
    assertThat(settings.valueOf(interaction("dwell"))).isEmpty();
    assertThat(settings.valueOf(dwell(30))).isEmpty();
  }

  @Test
  void textIsNoNumber() {
    Interaction text =
        interaction("dwell").toBuilder()
            .addProperties(
                Feature.newBuilder()
                    .setName("seconds")
                    .setValue(FeatureValue.newBuilder().setText("99")))
            .build();

    assertThat(settings.valueOf(text)).isEmpty();
  }

  @Test
  void moreRulesThanTheBoundAndABrokenCapAreRefused() {
    List<DerivedRewardRule> many = Collections.nCopies(33, dwellOver(1, 0));

    assertThatThrownBy(() -> new DerivationSettings(many, 1, false))
        .hasMessage("reward.derived.rules: 33 rules (expected: at most 32)");
    assertThatThrownBy(() -> new DerivationSettings(List.of(), Double.NaN, false))
        .hasMessage("reward.derived.cap: NaN (expected: above 0)");
  }

  private static DerivedRewardRule rule(String interaction, double value) {
    return DerivedRewardRule.newBuilder().setInteraction(interaction).setValue(value).build();
  }

  private static DerivedRewardRule dwellOver(double seconds, double value) {
    return rule("dwell", value).toBuilder().setProperty("seconds").setAbove(seconds).build();
  }

  private static Interaction interaction(String type) {
    return Interaction.newBuilder().setType(type).build();
  }

  private static Interaction dwell(double seconds) {
    return interaction("dwell").toBuilder()
        .addProperties(
            Feature.newBuilder()
                .setName("seconds")
                .setValue(FeatureValue.newBuilder().setNumber(seconds)))
        .build();
  }
}
