package io.waggle.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PutItemsRequest;
import io.waggle.v1.RankRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The field that is told of a text that no parser took. */
class JsonProblemTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'items': 'all'} ; items: \"all\" (expected: an object with itemIds, filters)",
        "{'items': []} ; items: [] (expected: an object with itemIds, filters)",
        "{'items': {'itemIds': 'a'}} ; items.item_ids: \"a\" (expected: a list)",
        "{'items': {'itemIds': ['a', null]}} ; items.item_ids[1]: null (expected: a value)",
        "{'items': {'itemIds': [['a']]}} ; items.item_ids[0]: [\"a\"] (expected: a text)",
        "{'items': {'ids': []}} ; items.ids: unknown (expected: itemIds, filters)",
        "{'items': {'filters': [{'equals': 'a', 'above': 1}]}} ; items.filters[0]: both equals and above (expected: one of them)",
        "{'items': {'filters': [{'above': 'cheap'}]}} ; items.filters[0].above: \"cheap\" (expected: a number)",
        "{'items': {'filters': [{'above': 1e400}]}} ; items.filters[0].above: 1E+400 (expected: a number)",
        "{'items': {'filters': [{'keepMissing': 'yes'}]}} ; items.filters[0].keep_missing: \"yes\" (expected: true or false)",
        "{'explain': 1} ; explain: 1 (expected: true or false)",
        "{'explainLimit': -1} ; explain_limit: -1 (expected: a whole number from 0 to 4294967295)",
        "{'explainLimit': 2.5} ; explain_limit: 2.5 (expected: a whole number from 0 to 4294967295)",
        "{'context': [{'name': 'u', 'features': [{'name': 'x', 'value': 3}]}]} ; context[0].features[0].value: 3 (expected: an object with number, text, texts)",
        "{'surface': {'name': 'shop'}} ; surface: {\"name\":\"shop\"} (expected: a text)",
      })
  void isNamedWithItsValueAndWhatWasExpected(String json, String expected) {
    assertThat(told(json, RankRequest.getDefaultInstance())).isEqualTo(expected);
  }

  @Test
  void timesAndSpansOfTimeAreNamedToo() {
    assertThat(told("{'items': [{'updatedMillis': 'now'}]}", PutItemsRequest.getDefaultInstance()))
        .isEqualTo(
            "items[0].updated_millis: \"now\" (expected: a whole number from"
                + " -9223372036854775808 to 9223372036854775807)");
    assertThat(told("{'popularity': {'halfLife': 'soon'}}", PolicyConfig.getDefaultInstance()))
        .isEqualTo(
            "popularity.half_life: \"soon\" (expected: seconds as a text, for example \"90s\")");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'items': null, 'explain': 'true', 'explainLimit': '7', 'decisionId': 7}",
        "{'explain_limit': 1e1, 'items': {'item_ids': ['a'], 'filters': [{'above': 'NaN'}]}}",
        "[]",
        "{'items':",
      })
  void whereNothingIsWrongOrNoTextIsJsonNothingIsTold(String json) {
    assertThat(told(json, RankRequest.getDefaultInstance())).isNull();
  }

  @Test
  void aLongValueIsCut() {
    assertThat(told("{'items': '" + "x".repeat(500) + "'}", RankRequest.getDefaultInstance()))
        .hasSizeLessThan(120)
        .contains("xxx... (expected");
  }

  private static @Nullable String told(String json, Message message) {
    return JsonProblem.of(json.replace('\'', '"').getBytes(UTF_8), message.getDescriptorForType());
  }
}
