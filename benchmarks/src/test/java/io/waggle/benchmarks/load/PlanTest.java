package io.waggle.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {
  @Test
  void ratesAreAListOrARamp() {
    assertThat(Plan.rates("100")).containsExactly(100);
    assertThat(Plan.rates("100,250, 900")).containsExactly(100, 250, 900);
    assertThat(Plan.rates("100..700")).containsExactly(100, 150, 200, 300, 400, 600);
    assertThat(Plan.rates("1..4")).containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "-5", "200,100", "100,100", "fast", "400..100", "0..0", "9999999"})
  void otherRatesAreRefusedByName(String rates) {
    assertThatThrownBy(() -> Plan.rates(rates))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("rate: " + rates + " (expected: growing rates");
  }

  @Test
  void scenariosAreKnownByTheirNames() {
    assertThat(Way.of("grpc-java-no-op")).isEqualTo(Way.GRPC_JAVA_NO_OP);
    assertThatThrownBy(() -> Way.of("rest"))
        .hasMessageStartingWith("scenarios: rest (expected: of grpc, grpc-new, no-op, json");
  }
}
