package io.waggle.core.declared;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.waggle.v1.AffinityFeature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureScope;
import io.waggle.v1.LocalTimeFeature;
import io.waggle.v1.NumberFeature;
import io.waggle.v1.QuantileFeature;
import io.waggle.v1.SeenFeature;
import io.waggle.v1.TimePart;
import io.waggle.v1.WindowFeature;
import org.junit.jupiter.api.Test;

class FeatureKindsTest {
  @Test
  void windowsAreNamedByTheirLength() {
    WindowFeature.Builder window = WindowFeature.newBuilder();
    for (long minutes : new long[] {1, 90, 60, 1_440, 10_080}) {
      window.addWindows(Duration.newBuilder().setSeconds(minutes * 60));
    }
    FeatureConfig feature = feature("clicks").setWindow(window).build();

    assertThat(FeatureKinds.names(feature))
        .containsExactly("clicks_1m", "clicks_90m", "clicks_1h", "clicks_1d", "clicks_7d");
    assertThat(FeatureKinds.kind(feature)).isEqualTo("window");
    assertThat(FeatureKinds.namespace(feature)).isEqualTo("history");
    assertThat(FeatureKinds.source(feature)).isEqualTo(FeatureKinds.Source.USER);
    assertThat(FeatureKinds.stateBytes(feature)).isBetween(5 * 60 * 6, 2_200);
  }

  @Test
  void quantilesAreNamedByTheirPercentage() {
    QuantileFeature.Builder quantile = QuantileFeature.newBuilder();
    for (double share : new double[] {0.5, 0.05, 0.999, 0.005}) {
      quantile.addQuantiles(share);
    }

    assertThat(FeatureKinds.names(feature("price").setQuantile(quantile).build()))
        .containsExactly("price_p50", "price_p05", "price_p99_9", "price_p00_5");
  }

  @Test
  void featureOfAnActionIsSeenWithTheItem() {
    FeatureConfig seen = feature("seen").setSeen(SeenFeature.getDefaultInstance()).build();
    FeatureConfig fits =
        feature("fits").setAffinity(AffinityFeature.newBuilder().setActionFeature("a.b")).build();
    FeatureConfig cost =
        feature("cost")
            .setNumber(NumberFeature.newBuilder().setScope(FeatureScope.FEATURE_SCOPE_ACTION))
            .build();

    for (FeatureConfig feature : new FeatureConfig[] {seen, fits, cost}) {
      assertThat(FeatureKinds.isOfAction(feature)).isTrue();
      assertThat(FeatureKinds.namespace(feature)).isEqualTo("item");
    }
    assertThat(FeatureKinds.source(cost)).isEqualTo(FeatureKinds.Source.REQUEST);
    assertThat(FeatureKinds.stateBytes(cost)).isZero();
  }

  @Test
  void featureOfTheRequestIsNamedByItsParts() {
    FeatureConfig local =
        feature("now")
            .setNamespace("clock")
            .setLocalTime(
                LocalTimeFeature.newBuilder()
                    .addParts(TimePart.TIME_PART_HOUR)
                    .addParts(TimePart.TIME_PART_WEEKEND))
            .build();

    assertThat(FeatureKinds.names(local)).containsExactly("now_hour", "now_weekend");
    assertThat(FeatureKinds.namespace(local)).isEqualTo("clock");
    assertThat(FeatureKinds.isOfAction(local)).isFalse();
  }

  private static FeatureConfig.Builder feature(String name) {
    return FeatureConfig.newBuilder().setName(name);
  }
}
