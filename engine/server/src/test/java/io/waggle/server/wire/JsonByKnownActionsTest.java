package io.waggle.server.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import io.waggle.v1.Action;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankingServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request's JSON is read as the ordinary way reads it; an action that comes again is known. */
class JsonByKnownActionsTest {
  private static final int REQUESTS = 200;
  private static final int ARTICLES = 6;

  private final GrpcJsonMarshaller ordinary =
      new JsonByField(
          GrpcJsonMarshaller.builder()
              .jsonMarshallerCustomizer(json -> json.ignoringUnknownFields(false))
              .build(RankingServiceGrpc.getServiceDescriptor()));
  private final KnownActions actions = new KnownActions();
  private final RankRequestMarshaller marshaller = new RankRequestMarshaller(actions);
  private final JsonByKnownActions json = new JsonByKnownActions(ordinary);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsWhatIsReadOtherwiseHoweverItIsWritten(long seed) {
    Random random = new Random(seed);
    int readable = 0;
    for (int i = 0; i < REQUESTS; i++) {
      byte[] text = new Writer(random).request().getBytes(UTF_8);

      Outcome outcome = read(json, text);

      assertThat(outcome).isEqualTo(read(ordinary, text));
      readable += outcome.request() == null ? 0 : 1;
    }
    assertThat(readable).isGreaterThan(REQUESTS / 2);
    assertThat(actions.known()).isPositive();
    assertThat(actions.parsed()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void refusesWhatIsRefusedOtherwiseInTheSameWords(long seed) {
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < REQUESTS; i++) {
      byte[] text = new Writer(random).request().getBytes(UTF_8);
      var unused = read(json, text);
      byte[] broken = broken(text, random);

      Outcome outcome = read(json, broken);

      assertThat(outcome).as(new String(broken, UTF_8)).isEqualTo(read(ordinary, broken));
      refused += outcome.request() == null ? 1 : 0;
    }
    assertThat(refused).isBetween(REQUESTS / 4, REQUESTS - 1);
  }

  @Test
  void anActionIsKnownFromItsSecondTimeOnWhereverItsIdIs() throws Exception {
    for (String action :
        List.of(
            "{\"id\":\"a\",\"namespaces\":[{\"name\":\"n\"}]}",
            "{\"id\": \"b\", \"namespaces\": [{\"name\": \"n}]\"}]}",
            "{\"namespaces\":[{\"name\":\"n\"}],\"id\":\"c\"}",
            "{ \"id\" : \"d\" }",
            "{\"id\":\"with \\\"quotes\\\"\"}",
            "{\"id\":\"" + "long".repeat(100) + "\"}",
            "{}")) {
      String request = "{\"actions\":[" + action + "],\"userId\":\"%s\"}";

      Action first = request(request.formatted("ann")).getActions(0);
      Action second = request(request.formatted("bob")).getActions(0);
      RankRequest third = request(request.formatted("cyd"));

      assertThat(second).isEqualTo(first).isNotSameAs(first);
      assertThat(third.getActions(0)).as(action).isSameAs(second);
      assertThat(third.getUserId()).isEqualTo("cyd");
    }
  }

  @Test
  void knownAndNewActionsKeepTheirOrder() throws Exception {
    String known = "{\"actions\":[{\"id\":\"b\"},{\"id\":\"d\"}]}";
    for (int i = 0; i < 2; i++) {
      var unused = request(known);
    }

    RankRequest request =
        request(
            "{\"actions\":[{\"id\":\"a\"},{\"id\":\"b\"} , {\"id\":\"c\"},\n{\"id\":\"d\"},"
                + "{\"id\":\"b\"}]}");

    assertThat(request.getActionsList())
        .extracting(Action::getId)
        .containsExactly("a", "b", "c", "d", "b");
    assertThat(actions.known()).isEqualTo(3);
    assertThat(actions.parsed()).isEqualTo(4 + 2);
  }

  @Test
  void anIdWithOtherFeaturesIsAnotherAction() throws Exception {
    String cheap = priced(1.0);
    String dear = priced(2.0);

    for (int i = 0; i < 3; i++) {
      assertThat(price(request("{\"actions\":[" + cheap + "]}"))).isEqualTo(1.0);
      assertThat(price(request("{\"actions\":[" + dear + "]}"))).isEqualTo(2.0);
    }
    assertThat(actions.known()).isEqualTo(2);
  }

  @Test
  void anActionInJsonIsTheSameAsInBytes() throws Exception {
    Action action = Action.newBuilder().setId("a").build();
    byte[] bytes = RankRequest.newBuilder().addActions(action).build().toByteArray();
    for (int i = 0; i < 2; i++) {
      var unused = request("{\"actions\":[{\"id\":\"a\"}]}");
    }

    Action known = marshaller.read(bytes).getActions(0);

    assertThat(request("{\"actions\":[{\"id\":\"a\"}]}").getActions(0)).isSameAs(known);
    assertThat(actions.bytes(known)).isEqualTo(action.toByteArray());
  }

  @Test
  void whatComesOnceIsNotKept() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      var unused = request("{\"actions\":[" + priced(i) + "]}");
    }

    assertThat(actions.bytes()).isZero();
    assertThat(actions.known()).isZero();
  }

  @Test
  void neverKeepsMoreThanItsBound() throws Exception {
    long bound = 2_000;
    KnownTexts few = new KnownTexts(actions, 1 << 10, bound);
    for (int i = 0; i < 2_000; i++) {
      byte[] text = ("{\"actions\":[{\"id\":\"" + i / 2 + "\"}]}").getBytes(UTF_8);

      var unused = RankJson.read(text, actions, few, bytes -> parse(ordinary, bytes));

      assertThat(few.bytes()).isLessThanOrEqualTo(bound);
    }
    assertThat(few.bytes()).isPositive();
  }

  @Test
  void aVeryLongActionIsReadEachTime() throws Exception {
    String large = "{\"actions\":[{\"id\":\"" + "x".repeat(KnownTexts.LONGEST_BYTES) + "\"}]}";
    for (int i = 0; i < 3; i++) {
      assertThat(request(large).getActions(0).getId()).hasSize(KnownTexts.LONGEST_BYTES);
    }

    assertThat(actions.known()).isZero();
  }

  @Test
  void anActionThatCannotBeReadIsNamedByItsPlaceAmongAll() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> request("{\"actions\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":[]}]}"))
          .isInstanceOf(IOException.class)
          .hasMessage("actions[2].id: [] (expected: a text)");
      var unused = request("{\"actions\":[{\"id\":\"a\"},{\"id\":\"b\"}]}");
    }
    assertThat(actions.known()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"actions\":[{\"id\":[]}]}",
        "{\"\\u0061ctions\":[{\"id\":\"a\"}]}",
        "{\"actions\":[{\"id\":\"a\"}],\"actions\":[{\"id\":\"a\"}]}",
        "[{\"actions\":[]}]"
      })
  void whatIsNotOfTheUsualFormIsReadOnceAndAllOfIt(String text) throws Exception {
    for (int i = 0; i < 2; i++) {
      var unused = request("{\"actions\":[{\"id\":\"a\"}]}");
    }
    List<String> parsed = new ArrayList<>();
    RankJson.Parser parser =
        bytes -> {
          parsed.add(new String(bytes, UTF_8));
          return parse(ordinary, bytes);
        };

    Outcome outcome = read(() -> marshaller.readJson(text.getBytes(UTF_8), parser));

    assertThat(parsed).containsExactly(text);
    assertThat(outcome).isEqualTo(read(ordinary, text.getBytes(UTF_8)));
  }

  @Test
  void otherMessagesAreReadAsBefore() throws Exception {
    assertThat(
            json.deserializeMessage(
                    RankingServiceGrpc.getRankMethod().getRequestMarshaller(),
                    new ByteArrayInputStream("{\"surface\":\"s\"}".getBytes(UTF_8)))
                .getSurface())
        .isEqualTo("s");
    assertThatThrownBy(() -> request("{\"surfaces\":\"s\"}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("surfaces");
  }

  private RankRequest request(String text) throws IOException {
    return parse(json, text.getBytes(UTF_8));
  }

  private RankRequest parse(GrpcJsonMarshaller how, byte[] text) throws IOException {
    return how.deserializeMessage(marshaller, new ByteArrayInputStream(text));
  }

  /** A request, or what was said against it. */
  private record Outcome(@Nullable RankRequest request, String refusal) {}

  private Outcome read(GrpcJsonMarshaller how, byte[] text) {
    return read(() -> parse(how, text));
  }

  private static Outcome read(Callable<RankRequest> how) {
    try {
      return new Outcome(how.call(), "");
    } catch (Exception e) {
      return new Outcome(null, e.getClass() + ": " + e.getMessage());
    }
  }

  private static double price(RankRequest request) {
    return request.getActions(0).getNamespaces(0).getFeatures(0).getValue().getNumber();
  }

  private static String priced(double price) {
    return "{\"id\":\"a\",\"namespaces\":[{\"name\":\"shop\",\"features\":[{\"name\":\"price\","
        + "\"value\":{\"number\":"
        + price
        + "}}]}]}";
  }

  /** A byte changed, cut out or put in, or the end cut off, or in another encoding. */
  private static byte[] broken(byte[] text, Random random) {
    byte[] signs = "{}[]\",:\\ a0-\u0000\u00e9".getBytes(UTF_8);
    int at = random.nextInt(text.length);
    byte sign = signs[random.nextInt(signs.length)];
    StringBuilder changed = new StringBuilder(new String(text, ISO_8859_1));
    switch (random.nextInt(5)) {
      case 0 -> changed.setCharAt(at, (char) (sign & 0xff));
      case 1 -> changed.deleteCharAt(at);
      case 2 -> changed.insert(at, (char) (sign & 0xff));
      case 3 -> changed.setLength(at);
      default -> {
        return new String(text, UTF_8).getBytes(UTF_16BE);
      }
    }
    return changed.toString().getBytes(ISO_8859_1);
  }

  /** Requests as clients write them: with spaces or without, keys in any order, escapes, nulls. */
  private static final class Writer {
    private final Random random;
    private final String space;

    Writer(Random random) {
      this.random = random;
      this.space = List.of("", " ", "\n  ").get(random.nextInt(3));
    }

    String request() {
      List<String> members = new ArrayList<>();
      members.add(member("surface", text("front")));
      members.add(member("userId", text("ann \\\"]}")));
      members.add(member("deferred", "true"));
      members.add(member("context", list(List.of(namespace("user", 3)))));
      members.add(member(random.nextInt(12) == 0 ? "\\u0061ctions" : "actions", actions()));
      if (random.nextInt(12) == 0) {
        members.add(member("actions", actions()));
      }
      if (random.nextInt(12) == 0) {
        members.add(member("nobodyKnows", list(List.of("1", "{}"))));
      }
      Collections.shuffle(members, random);
      return object(members);
    }

    private String actions() {
      if (random.nextInt(12) == 0) {
        return List.of("null", "{}", "7", "[null]", "[[]]").get(random.nextInt(5));
      }
      List<String> all = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        all.add(action(random.nextInt(ARTICLES)));
      }
      return list(all);
    }

    private String action(int number) {
      List<String> members =
          List.of(
              member("id", text("article-" + number)),
              member("namespaces", list(List.of(namespace("article", number)))));
      return object(number % 2 == 0 ? members : List.of(members.get(1), members.get(0)));
    }

    private String namespace(String name, int number) {
      return object(
          List.of(
              member("name", text(name)),
              member(
                  "features",
                  list(
                      List.of(
                          object(
                              List.of(
                                  member("name", text("topic")),
                                  member(
                                      "value",
                                      object(
                                          List.of(
                                              member("text", text("\\\\ \u00e9 [{ " + number))))))),
                          object(
                              List.of(
                                  member("name", text("age")),
                                  member(
                                      "value",
                                      object(List.of(member("number", number + ".5e1")))))))))));
    }

    private static String text(String text) {
      return "\"" + text + "\"";
    }

    private String member(String key, String value) {
      return "\"" + key + "\":" + space + value;
    }

    private String list(List<String> values) {
      return "[" + space + String.join("," + space, values) + space + "]";
    }

    private String object(List<String> members) {
      return "{" + space + String.join("," + space, members) + space + "}";
    }
  }
}
