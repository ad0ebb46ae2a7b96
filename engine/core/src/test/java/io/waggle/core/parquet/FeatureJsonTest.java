package io.waggle.core.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.TextList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureJsonTest {
  @Test
  void featuresAreAnObjectByNamespaceAndName() {
    List<Namespace> features =
        List.of(
            Namespace.newBuilder()
                .setName("user")
                .addFeatures(number("age", 31))
                .addFeatures(text("country", "de"))
                .addFeatures(
                    Feature.newBuilder()
                        .setName("tags")
                        .setValue(
                            FeatureValue.newBuilder()
                                .setTexts(TextList.newBuilder().addValues("a").addValues("b"))))
                .build(),
            Namespace.newBuilder().setName("time").build());

    assertThat(FeatureJson.text(features))
        .isEqualTo(
            "{\"user\":{\"age\":31.0,\"country\":\"de\",\"tags\":[\"a\",\"b\"]},\"time\":{}}");
    assertThat(FeatureJson.text(List.of())).isEqualTo("{}");
  }

  @Test
  void aNameGivenTwiceBeginsAnotherObject() {
    List<Namespace> features =
        List.of(
            Namespace.newBuilder()
                .setName("user")
                .addFeatures(text("seen", "a"))
                .addFeatures(number("age", 1))
                .addFeatures(text("seen", "b"))
                .build(),
            Namespace.newBuilder().setName("user").build());

    assertThat(FeatureJson.text(features))
        .isEqualTo("[{\"user\":[{\"seen\":\"a\",\"age\":1.0},{\"seen\":\"b\"}]},{\"user\":{}}]");
    assertThat(FeatureJson.namespaces("context", FeatureJson.text(features))).isEqualTo(features);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsReadIsWhatWasWritten(long seed) {
    RandomDecisions decisions = new RandomDecisions(seed);
    for (int i = 0; i < 500; i++) {
      List<Namespace> features = decisions.namespaces();

      assertThat(FeatureJson.namespaces("context", FeatureJson.text(features))).isEqualTo(features);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "1",
        "{\"user\":1}",
        "{\"user\":{\"a\":{}}}",
        "{\"user\":{\"a\":true}}",
        "{\"user\":{\"a\":[1]}}",
        "[1]",
        "{} {}",
        "[{\"user\":{}}",
        "{\"user\":{\"a\":[\"b\"",
      })
  void anythingElseIsRefusedByField(String text) {
    assertThatThrownBy(() -> FeatureJson.namespaces("context", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("context: not readable (expected: features as JSON, by namespace and name)");
  }

  private static Feature number(String name, double value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setNumber(value))
        .build();
  }

  private static Feature text(String name, String value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(value))
        .build();
  }
}
