package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checks have teeth: each fault of faults.yaml, put into good manifests or values, is caught by
 * the rule that it names.
 */
class SeededFaultsTest {
  private static final JsonNode FAULTS = Checks.resource("faults.yaml");

  @BeforeAll
  static void helm() {
    Helm.assumeHere();
  }

  static Stream<Named<JsonNode>> manifestFaults() {
    return named("manifests");
  }

  static Stream<Named<JsonNode>> valueFaults() {
    return named("values");
  }

  private static Stream<Named<JsonNode>> named(String list) {
    List<Named<JsonNode>> faults = new ArrayList<>();
    FAULTS.path(list).forEach(fault -> faults.add(Named.of(fault.path("fault").asText(), fault)));
    return faults.stream();
  }

  @ParameterizedTest
  @MethodSource("manifestFaults")
  void eachFaultInAManifestIsCaughtByItsRule(JsonNode fault) throws Exception {
    Manifests manifests = Helm.template(values(fault)).copy();
    seed(manifests, fault);

    assertThat(Checks.of(manifests))
        .extracting(Finding::rule)
        .contains(fault.path("caughtBy").asText());
  }

  @ParameterizedTest
  @MethodSource("valueFaults")
  void eachFaultInTheValuesIsRefusedByName(JsonNode fault) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(values(fault)));
    fault.path("set").forEach(set -> arguments.addAll(List.of("--set", set.asText())));

    Helm.Answer answer = Helm.tryTemplate(arguments.toArray(new String[0]));

    assertThat(answer.exit()).isNotZero();
    assertThat(answer.err()).contains(fault.path("says").asText());
  }

  /** Arguments of the values that the fault is put into. */
  private static String[] values(JsonNode fault) {
    List<String> arguments = new ArrayList<>();
    for (String values : List.of("values-prod.yaml", fault.path("with-values").asText())) {
      if (!values.isEmpty()) {
        arguments.addAll(List.of("-f", Helm.CHART.resolve(values).toString()));
      }
    }
    return arguments.toArray(new String[0]);
  }

  @Test
  void thereAreFortyOrMoreOfThem() {
    assertThat(FAULTS.path("manifests").size()).isGreaterThanOrEqualTo(40);
    assertThat(FAULTS.path("values").size()).isGreaterThanOrEqualTo(10);
  }

  private static void seed(Manifests manifests, JsonNode fault) {
    String[] object = fault.path("object").asText().split(" ", 2);
    ObjectNode target = manifests.find(object[0], object[1]).orElseThrow();
    if (fault.path("remove").isBoolean()) {
      manifests.all().remove(target);
      return;
    }
    String at = fault.path("at").asText();
    int slash = at.lastIndexOf('/');
    JsonNode parent = target.at(at.substring(0, slash));
    String last = at.substring(slash + 1).replace("~1", "/");
    assertThat(parent.isContainerNode()).as(at + " leads somewhere").isTrue();
    if (fault.has("replace")) {
      // In a text: the file of a ConfigMap.
      String text = parent.path(last).asText();
      String changed = text.replace(fault.path("replace").asText(), fault.path("with").asText());
      assertThat(changed).as("the fault changes something").isNotEqualTo(text);
      ((ObjectNode) parent).put(last, changed);
    } else if (parent instanceof ArrayNode list) {
      if (fault.has("set")) {
        list.set(Integer.parseInt(last), fault.path("set"));
      } else {
        list.remove(Integer.parseInt(last));
      }
    } else if (fault.has("set")) {
      ((ObjectNode) parent).set(last, fault.path("set"));
    } else {
      assertThat(((ObjectNode) parent).remove(last)).as(at + " was there").isNotNull();
    }
  }
}
