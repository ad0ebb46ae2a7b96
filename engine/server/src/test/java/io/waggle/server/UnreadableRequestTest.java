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
        "{\"surface\":[]} ; Not a string value",
        "{\"sufrace\":\"front-page\"} ; Cannot find field: sufrace",
      })
  void isAnsweredWithWhatIsWrong(String request, String expected) throws Exception {
    HttpResponse<String> answer = service.post("/v1/rank", request);

    JsonNode body = JSON.readTree(answer.body());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(body.get("code").asText()).isEqualTo("INVALID_ARGUMENT");
    assertThat(body.get("message").asText()).startsWith("request: ").contains(expected);
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
  }
}
