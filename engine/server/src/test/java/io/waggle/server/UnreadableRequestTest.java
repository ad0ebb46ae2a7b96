package io.waggle.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that never reach a method are answered as clearly as those that do. */
class UnreadableRequestTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ServiceUnderTest service = new ServiceUnderTest();

  @AfterEach
  void stop() {
    service.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"surface\":1 ; Unexpected end-of-input",
        "xx ; Unrecognized token 'xx'",
      })
  void isAnsweredWithWhatIsWrong(String request, String expected) throws Exception {
    HttpResponse<String> answer = service.post("/v1/rank", request);

    JsonNode body = JSON.readTree(answer.body());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(body.get("code").asText()).isEqualTo("INVALID_ARGUMENT");
    assertThat(body.get("message").asText()).startsWith("request: ").contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "/v1/rank ; {\"surface\":[]} ; surface: [] (expected: a text)",
        "/v1/rank ; {\"actions\":[{\"id\":{}}]} ; actions[0].id: {} (expected: a text)",
        "/v1/rank ; {\"größe\":1} ; größe: unknown (expected: decisionId, surface, userId, context, actions, deferred, slots, explain, explainLimit, items)",
        "/v1/items ; {\"items\":[{\"updatedMillis\":\"now\"}]} ; items[0].updated_millis: \"now\" (expected: a whole number from -9223372036854775808 to 9223372036854775807)",
        "/v1/items ; {\"items\":{}} ; items: {} (expected: a list)",
        "/v1/reward ; {\"value\":\"much\"} ; value: \"much\" (expected: a number)",
      })
  void ofTheWrongTypeIsAnsweredWithTheField(String path, String request, String expected)
      throws Exception {
    HttpResponse<String> answer = service.post(path, request);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).get("message").asText()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/explain?decisionId=d&limit=abc, limit: abc (expected: a whole number within its range)",
    "/v1/explain?decisionId=d&limit=1.5, limit: 1.5 (expected: a whole number within its range)",
    "/v1/models/front-page/first/abc, path: abc (expected: a whole number within its range)",
  })
  void aQueryOrPathWithoutItsNumberIsNamed(String path, String expected) throws Exception {
    HttpResponse<String> answer = service.get(path);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).get("message").asText()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"value\":NaN} ; request: Non-standard token 'NaN'",
        "{\"value\":[ ; request: Unexpected end-of-input: expected close marker for Array (start marker at line: 1, column: 10)",
      })
  void whatIsNoJsonIsAnsweredWithoutTheParsersOptions(String request, String expected)
      throws Exception {
    HttpResponse<String> answer = service.post("/v1/reward", request);

    assertThat(JSON.readTree(answer.body()).get("message").asText()).isEqualTo(expected);
  }

  @Test
  void aMethodThatAPathHasNotIsNamed() throws Exception {
    HttpResponse<String> answer = service.delete("/v1/surfaces/front-page/items/a");

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(JSON.readTree(answer.body()).get("message").asText())
        .isEqualTo("method: DELETE is none of /v1/surfaces/front-page/items/a");
  }

  @Test
  void overTheBoundIsAnsweredWithTheBoundAndNoneOfOurClasses() throws Exception {
    String large = "\"" + "x".repeat(5 << 20) + "\"";

    HttpResponse<String> answer = service.post("/v1/rank", "{\"userId\":" + large + "}");

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(JSON.readTree(answer.body()).get("message").asText())
        .isEqualTo("request: too large (expected: at most 4194304 bytes)");
  }

  @Test
  void unknownPathIsJsonToo() throws Exception {
    HttpResponse<String> answer = service.post("/v1/rang", "{}");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(answer.body()).get("code").asText()).isEqualTo("NOT_FOUND");
    assertThat(JSON.readTree(answer.body()).get("message").asText())
        .isEqualTo("path: nothing is at /v1/rang");
  }
}
