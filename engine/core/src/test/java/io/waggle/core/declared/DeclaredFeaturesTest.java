package io.waggle.core.declared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.feature.Example;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.state.feature.FeatureFold;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeclaredFeaturesTest {
  private static final long START = 1_700_000_000_000L;
  private static final Duration GAP = Duration.ofMinutes(30);

  private final DeclaredFeatures declared = new DeclaredFeatures();

  @Test
  void surfaceWithoutFeaturesAddsNothingAndKeepsItsActions() {
    List<Action> actions = List.of(action("a"));

    DeclaredFeatures.Encoded encoded = encode(surface(""), null, actions);

    assertThat(encoded.shared()).isEmpty();
    assertThat(encoded.actions()).isSameAs(actions);
  }

  @Test
  void userOfWhomNothingIsKnownHasTheFeaturesOfNothing() {
    SurfaceConfig surface =
        surface(
            """
            - {name: clicks, window: {windows: [3600s]}}
            - {name: rate, rate: {of: {types: [click]}, per: {types: [view]}, prior: 0.25}}
            - {name: since, timeSince: {}}
            - {name: last, last: {field: item_id}}
            - {name: price, quantile: {property: price, quantiles: [0.5]}}
            - {name: visits, session: {aspect: SESSION_ASPECT_COUNT}}
            - {name: seen, seen: {}}
            """);

    DeclaredFeatures.Encoded encoded = encode(surface, null, List.of(action("a")));

    assertThat(shown(encoded.shared()))
        .containsExactly(
            "history.clicks_1h:0.0",
            "history.rate:0.25",
            "history.since=never",
            "history.visits=1");
    assertThat(encoded.actions()).containsExactly(action("a"));
  }

  @Test
  void numberReachesTheLearnerInItsForm() {
    SurfaceConfig surface =
        surface(
            """
            - {name: plain, number: {source: user.age, form: {plain: {}}}}
            - {name: log, number: {source: user.age, form: {log: {}}}}
            - {name: bucket, number: {source: user.age, form: {buckets: {bounds: [18, 42, 60.5]}}}}
            - {name: scaled, number: {source: user.age, form: {scaled: {mean: 40, deviation: 4}}}}
            - {name: far, number: {source: user.age, form: {scaled: {mean: 0, deviation: 1}}}}
            - {name: absent, number: {source: user.size, form: {plain: {}}}}
            - {name: text, number: {source: user.name, form: {plain: {}}}}
            """);

    List<Namespace> context = List.of(namespace("user", number("age", 42), text("name", "Zoe")));

    assertThat(shown(encode(surface, null, context, List.of(action("a"))).shared()))
        .containsExactly(
            "request.plain:42.0",
            "request.log:" + StrictMath.log1p(42),
            "request.bucket=42..60.5",
            "request.scaled:0.5",
            "request.far:5.0");
  }

  @Test
  void onlineFormScalesByTheNumbersBefore() {
    SurfaceConfig surface =
        surface("- {name: x, number: {source: user.age, form: {online: {halfLife: 1000000}}}}");
    List<Double> scaled = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      List<Namespace> context = List.of(namespace("user", number("age", i < 11 ? i % 2 : 2)));
      scaled.add(
          encode(surface, null, context, List.of(action("a")))
              .shared()
              .get(0)
              .getFeatures(0)
              .getValue()
              .getNumber());
    }

    assertThat(scaled.subList(0, 10)).containsOnly(0.0);
    // Five 0 and five 1 before the eleventh; then 2 with a mean of 5/11.
    assertThat(scaled.get(10)).isCloseTo(-1, within(1e-4));
    assertThat(scaled.get(11))
        .isCloseTo((2 - 5.0 / 11) / Math.sqrt(5.0 / 11 * 6 / 11), within(1e-4));
  }

  @Test
  void changedPolicyKeepsWhatWasMetOnline() {
    SurfaceConfig surface = surface("- {name: x, number: {source: user.age, form: {online: {}}}}");
    for (int i = 0; i < 20; i++) {
      encode(surface, null, List.of(namespace("user", number("age", i))), List.of(action("a")));
    }

    SurfaceConfig changed = surface.toBuilder().setExplorationFloor(0.5).build();
    DeclaredFeatures.Encoded encoded =
        encode(changed, null, List.of(namespace("user", number("age", 100))), List.of(action("a")));

    assertThat(shown(encoded.shared())).containsExactly("request.x:5.0");
  }

  @Test
  void wordsAreLowerCaseDistinctAndBounded() {
    SurfaceConfig surface = surface("- {name: words, tokens: {source: query.text, most: 3}}");
    String text = "  Über-Schuhe, ÜBER 4.5 " + "x".repeat(500);

    DeclaredFeatures.Encoded encoded =
        encode(
            surface, null, List.of(namespace("query", text("text", text))), List.of(action("a")));

    assertThat(encoded.shared().get(0).getFeatures(0).getValue().getTexts().getValuesList())
        .containsExactly("über", "schuhe", "4");
  }

  @Test
  void requestStampedBeforeTheNewestInteractionIsOneMadeJustNow() {
    SurfaceConfig surface =
        surface("- {name: clicks, window: {windows: [60s], form: {plain: {}}}}");
    Session session = folded(surface, click("a", START));

    DeclaredFeatures.Encoded encoded =
        declared.encode(surface, GAP, session, List.of(), List.of(action("a")), START - 5_000);

    assertThat(shown(encoded.shared())).containsExactly("history.clicks_1m:1.0");
  }

  @Test
  void sessionThatIsOverHasNoFeaturesOfTheSession() {
    SurfaceConfig surface =
        surface(
            """
            - {name: length, session: {aspect: SESSION_ASPECT_LENGTH}}
            - {name: position, session: {aspect: SESSION_ASPECT_POSITION}}
            - {name: age, session: {aspect: SESSION_ASPECT_AGE}}
            - {name: entry, session: {aspect: SESSION_ASPECT_ENTRY}}
            - {name: recent, last: {field: item_id, inSession: true}}
            - {name: seen, seen: {}}
            """);
    Session session = folded(surface, click("a", START));

    DeclaredFeatures.Encoded encoded =
        declared.encode(
            surface, GAP, session, List.of(), List.of(action("a")), START + 2 * GAP.toMillis());

    assertThat(shown(encoded.shared())).containsExactly("history.length=0", "history.position=0");
    assertThat(encoded.actions()).containsExactly(action("a"));
  }

  @Test
  void actionKeepsWhatTheAppSentAndItsFeaturesComeBehind() {
    SurfaceConfig surface = surface("- {name: seen, namespace: about, seen: {}}");
    Session session = folded(surface, click("a", START));
    Action sent =
        action("a").toBuilder().addNamespaces(namespace("about", text("section", "x"))).build();

    List<Action> actions = encode(surface, session, List.of(sent, action("b"))).actions();

    assertThat(actions.get(0).getNamespacesList())
        .containsExactly(namespace("about", text("section", "x"), number("seen", 1)));
    assertThat(actions.get(1)).isEqualTo(action("b"));
  }

  @Test
  void categoryIsTheActionsFeatureOfThatNameWhereNoneIsNamed() {
    SurfaceConfig surface = surface("- {name: same, seen: {form: SEEN_FORM_SAME_CATEGORY}}");
    Session session = folded(surface, click("a", START));
    Action news =
        action("b").toBuilder().addNamespaces(namespace("x", text("category", "news"))).build();
    Action sport =
        action("c").toBuilder().addNamespaces(namespace("x", text("category", "sport"))).build();

    List<Action> actions = encode(surface, session, List.of(news, sport)).actions();

    assertThat(shown(actions.get(0).getNamespacesList()))
        .containsExactly("x.category=news", "item.same:1.0");
    assertThat(actions.get(1)).isEqualTo(sport);
  }

  @Test
  void boundsOfTheContractHoldWhateverTheData() {
    SurfaceConfig surface =
        surface(
            """
            - {name: worth, decayed: {sum: price, halfLife: 315360000s, form: {plain: {}}}}
            - {name: taste, affinity: {field: properties.brand, most: 100}}
            - {name: seen, seen: {}}
            - {name: clicked, namespace: other, seen: {}}
            """);
    Session session = folded(surface, click("a", START));
    for (int i = 0; i < 60; i++) {
      session =
          folded(
              surface,
              session,
              click("a", START + i).toBuilder()
                  .addProperties(number("price", 1e6))
                  .addProperties(text("brand", i + "é".repeat(400)))
                  .build());
    }
    Action.Builder full = action("a").toBuilder();
    for (int i = 0; i < 15; i++) {
      full.addNamespaces(namespace("n" + i, number("x", 1)));
    }
    Namespace.Builder item = Namespace.newBuilder().setName("item");
    for (int i = 0; i < 1_000; i++) {
      item.addFeatures(number("x" + i, 1));
    }
    full.addNamespaces(item);

    DeclaredFeatures.Encoded encoded = encode(surface, session, List.of(full.build()));

    Namespace history = encoded.shared().get(0);
    assertThat(history.getFeatures(0).getValue().getNumber()).isEqualTo(1e6);
    assertThat(history.getFeaturesCount()).isEqualTo(61);
    assertThat(history.getFeaturesList())
        .allSatisfy(
            feature ->
                assertThat(feature.getName().getBytes(StandardCharsets.UTF_8).length)
                    .isLessThanOrEqualTo(256));
    assertThat(encoded.actions()).containsExactly(full.build());
    assertThat(new Example(List.of(), encoded.shared(), encoded.actions()).problem()).isNull();
  }

  @Test
  void sensitiveFeatureOfEveryKindStaysOutside() {
    String features =
        """
        - {name: a, window: {windows: [3600s]}, sensitive: SENSITIVE}
        - {name: b, decayed: {halfLife: 3600s}, sensitive: SENSITIVE}
        - {name: c, rate: {of: {}, per: {}}, sensitive: SENSITIVE}
        - {name: d, last: {field: item_id}, sensitive: SENSITIVE}
        - {name: e, timeSince: {}, sensitive: SENSITIVE}
        - {name: f, distinct: {field: item_id}, sensitive: SENSITIVE}
        - {name: g, quantile: {property: price, quantiles: [0.5]}, sensitive: SENSITIVE}
        - {name: h, affinity: {field: item_id}, sensitive: SENSITIVE}
        - {name: i, affinity: {field: category, actionFeature: about.section}, sensitive: SENSITIVE}
        - {name: j, seen: {}, sensitive: SENSITIVE}
        - {name: k, session: {aspect: SESSION_ASPECT_LENGTH}, sensitive: SENSITIVE}
        - {name: l, localTime: {parts: [TIME_PART_HOUR]}, sensitive: SENSITIVE}
        - {name: m, tokens: {source: query.text}, sensitive: SENSITIVE}
        - {name: n, number: {source: about.cost, scope: FEATURE_SCOPE_ACTION, form: {plain: {}}}, sensitive: SENSITIVE}
        """;
    List<Namespace> context = List.of(namespace("query", text("text", "red shoes")));
    Action action =
        action("a").toBuilder()
            .addNamespaces(namespace("about", text("section", "news"), number("cost", 3)))
            .build();
    SurfaceConfig open = surface(features.replace("SENSITIVE", "false"));
    SurfaceConfig closed = surface(features.replace("SENSITIVE", "true"));
    Interaction click = click("a", START).toBuilder().addProperties(number("price", 5)).build();

    DeclaredFeatures.Encoded seen = encode(open, folded(open, click), context, List.of(action));
    DeclaredFeatures.Encoded hidden =
        encode(closed, folded(closed, click), context, List.of(action));

    assertThat(shown(seen.shared())).hasSize(12);
    assertThat(seen.actions().get(0).getNamespaces(1).getFeaturesCount()).isEqualTo(3);
    assertThat(hidden.shared()).isEmpty();
    assertThat(hidden.actions()).containsExactly(action);
    assertThat(folded(closed, click).getFeatures()).isEqualTo(folded(open, click).getFeatures());
  }

  @Test
  void whatIsSaidOfAFeaturesTypeIsWhatTheLearnerGets() {
    SurfaceConfig surface =
        surface(
            """
            - {name: a, window: {windows: [3600s]}}
            - {name: b, decayed: {halfLife: 3600s, form: {buckets: {bounds: [1]}}}}
            - {name: c, rate: {of: {}, per: {}}}
            - {name: d, last: {field: item_id}}
            - {name: e, timeSince: {}}
            - {name: f, distinct: {field: item_id, form: {buckets: {bounds: [1]}}}}
            - {name: g, quantile: {property: price, quantiles: [0.5]}}
            - {name: h, affinity: {field: item_id}}
            - {name: i, affinity: {field: category, actionFeature: about.section}}
            - {name: j, seen: {}}
            - {name: k, session: {aspect: SESSION_ASPECT_LENGTH}}
            - {name: l, localTime: {parts: [TIME_PART_HOUR]}}
            - {name: m, tokens: {source: query.text}}
            - {name: n, number: {source: about.cost, scope: FEATURE_SCOPE_ACTION, form: {plain: {}}}}
            - {name: o, number: {source: about.cost, scope: FEATURE_SCOPE_ACTION, form: {buckets: {bounds: [2]}}}}
            - {name: p, itemStatistic: {of: {}, per: {}}}
            """);
    Action action =
        action("a").toBuilder()
            .addNamespaces(namespace("about", text("section", "news"), number("cost", 3)))
            .build();
    Interaction click = click("a", START).toBuilder().addProperties(number("price", 5)).build();

    DeclaredFeatures.Encoded encoded =
        encode(
            surface,
            folded(surface, click),
            List.of(namespace("query", text("text", "red shoes"))),
            List.of(action));

    List<Feature> got = new ArrayList<>();
    encoded.shared().forEach(namespace -> got.addAll(namespace.getFeaturesList()));
    got.addAll(encoded.actions().get(0).getNamespaces(1).getFeaturesList());
    for (FeatureConfig feature : surface.getFeaturesList()) {
      assertThat(got)
          .filteredOn(each -> each.getName().startsWith(feature.getName()))
          .as(feature.getName())
          .hasSize(1)
          .allSatisfy(
              each ->
                  assertThat(each.getValue().getKindCase().name())
                      .isEqualToIgnoringCase(FeatureKinds.type(feature)));
    }
  }

  private DeclaredFeatures.Encoded encode(
      SurfaceConfig surface, @Nullable Session session, List<Action> actions) {
    return encode(surface, session, List.of(), actions);
  }

  private DeclaredFeatures.Encoded encode(
      SurfaceConfig surface,
      @Nullable Session session,
      List<Namespace> context,
      List<Action> actions) {
    return declared.encode(surface, GAP, session, context, actions, START + 1_000);
  }

  private static Session folded(SurfaceConfig surface, Interaction interaction) {
    return folded(surface, null, interaction);
  }

  private static Session folded(
      SurfaceConfig surface, @Nullable Session before, Interaction interaction) {
    Session session = new SessionFold(SessionSettings.DEFAULT).fold(before, interaction).session();
    return new FeatureFold(surface.getName(), surface.getFeaturesList(), List.of(surface.getName()))
        .fold(session, interaction);
  }

  private static SurfaceConfig surface(String features) {
    String yaml =
        """
        name: front
        livePolicy: uniform
        reward: {}
        policies:
          - name: uniform
            uniform: {}
        """;
    return Surface.of(
            SurfaceFiles.parse(
                features.isEmpty() ? yaml : yaml + "features:\n" + features.indent(2)))
        .config();
  }

  private static Interaction click(String item, long timeMillis) {
    return Interaction.newBuilder()
        .setSurface("front")
        .setUserId("u")
        .setType("click")
        .setItemId(item)
        .setCategory("news")
        .setEventTimeMillis(timeMillis)
        .build();
  }

  private static Action action(String id) {
    return Action.newBuilder().setId(id).build();
  }

  private static Namespace namespace(String name, Feature... features) {
    return Namespace.newBuilder().setName(name).addAllFeatures(List.of(features)).build();
  }

  private static Feature text(String name, String text) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(text))
        .build();
  }

  private static Feature number(String name, double number) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setNumber(number))
        .build();
  }

  /** {@code namespace.name:number} or {@code namespace.name=text}. */
  private static List<String> shown(List<Namespace> namespaces) {
    List<String> shown = new ArrayList<>();
    for (Namespace namespace : namespaces) {
      for (Feature feature : namespace.getFeaturesList()) {
        String name = namespace.getName() + "." + feature.getName();
        FeatureValue value = feature.getValue();
        switch (value.getKindCase()) {
          case NUMBER -> shown.add(name + ":" + value.getNumber());
          case TEXT -> shown.add(name + "=" + value.getText());
          default -> value.getTexts().getValuesList().forEach(text -> shown.add(name + "=" + text));
        }
      }
    }
    return shown;
  }
}
